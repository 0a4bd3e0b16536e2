// The web chat: puts page, outbox and view together.

import * as api from "./api.js";
import { Bar } from "./bar.js";
import { News } from "./news.js";
import { Outbox } from "./outbox.js";
import * as speech from "./speech.js";
import { View } from "./view.js";

const page = JSON.parse(document.body.dataset.page);
const words = document.getElementById("words");
const typing = document.getElementById("typing");
const line = document.getElementById("line");
const chooser = document.getElementById("language");
const WITHDRAW = "/handover_withdraw";
let unseen = 0;
let toldDelivered = false;
const choiceOfLanguage = (code) => `/choose_language${JSON.stringify({ language: code })}`;

const view = new View(page, (choice) => say(choice.payload, choice.title));
const outbox = new Outbox({
  waiting: (item) => view.mine(item),
  sending: (item) => {
    view.state(item.id, "");
    typing.hidden = bar.status.state === "human"; // the assistant writes nothing then
  },
  answered,
  refused,
  delayed,
});

const bar = new Bar(page, () => say(WITHDRAW, page.labels.handover_withdraw));
const news = new News(told);

function say(text, shown) {
  speech.stop();
  outbox.add(text, shown);
}

async function answered(item, reply) {
  typing.hidden = true;
  showLine("");
  news.overtaken();
  if (reply.language !== page.language) await speak(reply.language);
  const before = bar.status;
  showStatus(reply.status);
  if (item.text === WITHDRAW) bar.busy(false);
  view.settle(item.id, reply.number);
  showAll(reply.messages);
  if (!reply.messages.length) delivered(item);
  // News may have told something newer while this answer was on its way: they decide.
  if (before.state !== bar.status.state || before.name !== bar.status.name) news.now();
}

// Nobody answers at once when a human has the conversation; the first time that is said.
function delivered(item) {
  const row = view.rowOf(item.id);
  if (row && !toldDelivered) view.remark(row, page.labels.handover_delivered);
  toldDelivered = true;
}

function showAll(messages) {
  const rows = messages.map((message) => show(message)).filter(Boolean);
  if (!rows.length) return;
  view.showFrom(rows[0]);
  if (document.hidden) unseen += rows.length;
  showTitle();
}

// A message of either side; the row of what somebody else wrote, unless it was here before.
function show(message) {
  if (message.author !== "participant") return view.theirs(message);
  view.mine({ id: message.id ?? "", shown: message.text, number: message.number }, message.language);
  return null;
}

// Before the messages it came with: the bar takes room, and they are scrolled to as the room then is.
function showStatus(status) {
  bar.show(status);
  news.pace(bar.open);
}

function told(found) {
  if (found.status) showStatus(found.status);
  showAll(found.messages);
}

function showTitle() {
  document.title = (unseen ? `(${unseen}) ` : "") + page.labels.web_title;
}

function refused(item, problem) {
  typing.hidden = true;
  if (item.text === WITHDRAW) bar.busy(false);
  view.remove(item.id);
  if (!words.value && !item.text.startsWith("/")) words.value = item.text;
  view.theirs({ text: problem.message ?? page.labels.trouble, language: problem.language ?? page.language, direction: problem.direction ?? "auto" });
}

function delayed(item, problem) {
  typing.hidden = true;
  const reason = problem.status ? problem.message ?? page.labels.web_unreachable : navigator.onLine ? page.labels.web_unreachable : page.labels.web_offline;
  showLine(reason);
  view.state(item.id, page.labels.web_not_sent, page.labels.web_send_again, () => outbox.now());
}

function showLine(text) {
  line.textContent = text;
  line.hidden = !text;
}

async function speak(language) {
  const texts = await api.texts(language);
  if (texts.problem) return;
  Object.assign(page, { language: texts.language, labels: texts.labels, topics: texts.topics });
  document.documentElement.lang = texts.language;
  document.documentElement.dir = texts.direction;
  showTitle();
  bar.render();
  for (const place of document.querySelectorAll("[data-label]")) place.textContent = texts.labels[place.dataset.label];
  words.placeholder = texts.labels.web_input;
  view.list.setAttribute("aria-label", texts.labels.web_conversation);
  chooser.value = texts.language;
}

function welcome() {
  const message = { text: page.labels.web_welcome, language: page.language, direction: document.documentElement.dir, choices: page.topics };
  view.theirs(message).classList.add("welcome");
}

async function begin() {
  const past = await api.history();
  if (past.problem) showLine(navigator.onLine ? page.labels.web_unreachable : page.labels.web_offline);
  if (past.language && past.language !== page.language) await speak(past.language);
  view.clear();
  welcome();
  if (past.status) showStatus(past.status);
  const rows = past.messages ?? [];
  for (const message of rows) show(message);
  outbox.drop(rows.filter((message) => message.author === "participant" && message.answered));
  if (!outbox.items.length) typing.hidden = true;
  for (const item of outbox.items) view.mine(item);
  outbox.now();
  useCode();
  // At once, for what was said since the history was read.
  news.begin(past.settled ?? 0);
}

// An address with ?code=... (from the advisor's QR) links this chat; the code leaves the address bar at once.
function useCode() {
  const address = new URL(location.href);
  const code = address.searchParams.get("code");
  if (!code) return;
  address.searchParams.delete("code");
  history.replaceState(null, "", address);
  say(code);
}

function submit(event) {
  event?.preventDefault();
  const text = words.value.trim();
  words.focus();
  if (!text) return;
  if ([...text].length > page.longest) {
    view.theirs({ text: page.labels.too_long.replace("{limit}", page.longest), language: page.language, direction: document.documentElement.dir });
    return;
  }
  words.value = "";
  words.style.height = "";
  say(text);
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  const button = document.getElementById("theme");
  button.setAttribute("aria-pressed", String(name === "dark"));
}

document.getElementById("composer").addEventListener("submit", submit);
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
});
words.addEventListener("input", () => {
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
});
chooser.addEventListener("change", () => say(choiceOfLanguage(chooser.value), chooser.selectedOptions[0].textContent));
document.getElementById("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  theme(next);
  try { localStorage.setItem("veiviser.theme", next); } catch { /* it is dark or light until the reload */ }
});
document.getElementById("leave").addEventListener("click", () => document.getElementById("sure").showModal());
document.getElementById("sure").addEventListener("close", async (event) => {
  if (event.target.returnValue !== "leave") return;
  const left = await api.leave();
  if (left.problem) {
    // Still signed in: saying nothing would leave the conversation to the next person.
    showLine(navigator.onLine ? page.labels.web_unreachable : page.labels.web_offline);
    return;
  }
  outbox.forget();
  location.reload();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  showTitle();
});
addEventListener("offline", () => showLine(page.labels.web_offline));
addEventListener("online", () => showLine(page.labels.web_back_online));
speech.onVoices(() => view.showReadAloud());

let kept = null;
try { kept = localStorage.getItem("veiviser.theme"); } catch { /* private browsing */ }
theme(kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
begin();
