// The little that pages cannot do without a script: the theme, the form key for HTMX, shortcuts, and keeping what was typed.

const html = document.documentElement;
const theme = document.getElementById("theme");
const showTheme = () => theme?.setAttribute("aria-pressed", String(html.dataset.theme === "dark"));
theme?.addEventListener("click", () => {
  html.dataset.theme = html.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("veiviser.theme", html.dataset.theme); } catch { /* until the reload */ }
  showTheme();
});
showTheme();

// A form that is being sent cannot be sent a second time by an impatient click; the server would know it anyway by its key.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button:not([type=button])")) setTimeout(() => { button.disabled = true; }, 0);
  setTimeout(() => { for (const button of event.target.querySelectorAll("button")) button.disabled = false; }, 4000);
});

// Files of templates name what to do in data attributes, because the page allows no scripts inside its markup.
document.addEventListener("click", (event) => {
  const print = event.target.closest("[data-print]");
  if (print) window.print();
  const jump = event.target.closest("[data-focus]");
  if (jump) document.querySelector(jump.dataset.focus)?.focus();
});

// The conversation stays where the reader left it when it is drawn anew; who was at its end sees the newest message.
const conversation = () => document.getElementById("conversation");
let place = null;
const toTheEnd = () => { if (conversation()) conversation().scrollTop = conversation().scrollHeight; };
toTheEnd();
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.target.id === "conversation" ? conversation() : null;
  place = list && { top: list.scrollTop, end: list.scrollHeight - list.scrollTop - list.clientHeight < 40 };
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "conversation" || !place) return;
  if (place.end) toTheEnd();
  else if (conversation()) conversation().scrollTop = place.top;
});

// A voice message plays on while the list is drawn anew around it (hx-preserve), but its controls would stay empty (seen in Chromium).
document.addEventListener("htmx:afterSettle", () => {
  for (const voice of document.querySelectorAll("#conversation audio")) {
    voice.controls = false;
    voice.controls = true;
  }
});

// Colleagues at the same case see that somebody writes.
const STILL_WRITING = 20_000;
const writing = document.getElementById("writing");
let stopped = 0;
document.addEventListener("input", (event) => {
  if (!writing || !event.target.matches("[data-writing]")) return;
  clearTimeout(stopped);
  stopped = setTimeout(() => { writing.value = "false"; }, STILL_WRITING);
  if (writing.value === "true") return;
  writing.value = "true";
  window.htmx?.trigger("#conversation", "writing");
});

// j and k walk through the list of cases, r goes to the reply, / to the search.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll("[data-case-link]")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "j" && links.length) links[Math.min(at + 1, links.length - 1)].focus();
  if (event.key === "k" && links.length) links[Math.max(at - 1, 0)].focus();
  const target = { r: "[data-reply]", "/": "[data-search]" }[event.key];
  if (target && document.querySelector(target)) {
    event.preventDefault();
    document.querySelector(target).focus();
  }
});
