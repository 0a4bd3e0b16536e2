// Draws messages. Text is always set as text, never as markup.

import * as speech from "./speech.js";

const PHONE = "11[023]|116[ \\u00a0]?\\d{3}|\\d{2}[ \\u00a0]\\d{2}[ \\u00a0]\\d{2}[ \\u00a0]\\d{2}|\\d{3}[ \\u00a0]\\d{2}[ \\u00a0]\\d{3}";
const SITE = "(?:https?:\\/\\/)?(?:[a-z0-9-]+\\.)+(?:no|org|com|info)(?:\\/[\\w\\-./]*[\\w/])?";
const LINK = new RegExp(`(?<![\\w.@/])(?:(${SITE})|(${PHONE}))(?![\\w@])`, "gi");

const MANY = 8;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const [all, site, phone] = found;
    parts.push(text.slice(end, found.index));
    const href = site ? (/^https?:/i.test(site) ? site : `https://${site}`) : `tel:${phone.replace(/\D/g, "")}`;
    parts.push(element("a", { href, ...(site ? { target: "_blank", rel: "noopener noreferrer" } : {}) }, all));
    end = found.index + all.length;
  }
  parts.push(text.slice(end));
  return parts;
}

function dateIn(language, day) {
  try {
    const style = { dateStyle: "long", calendar: "gregory", numberingSystem: "latn", timeZone: "UTC" };
    return new Intl.DateTimeFormat([language, "nb"], style).format(new Date(`${day}T00:00:00Z`));
  } catch {
    return day;
  }
}

export class View {
  constructor(page, onChoice) {
    this.page = page;
    this.onChoice = onChoice;
    this.list = document.getElementById("conversation");
    this.noteShown = false;
  }

  clear() {
    this.list.replaceChildren();
    this.noteShown = false;
  }

  mine(item, language = "") {
    const bubble = element("div", { class: "bubble", dir: "auto", lang: language || null }, item.shown);
    const who = element("span", { class: "hidden" }, `${this.page.labels.web_you}: `);
    bubble.prepend(who);
    const row = element("div", { class: "mine", "data-id": item.id }, bubble);
    this.#closeChoices();
    this.#add(row);
    return row;
  }

  theirs(message) {
    const labels = this.page.labels;
    const who = element("span", { class: "hidden", lang: this.page.language }, `${labels.web_assistant}: `);
    const bubble = element("div", { class: "bubble", lang: message.language, dir: message.direction }, who, ...withLinks(message.text));
    const row = element("div", { class: "theirs" }, bubble, this.#under(message));
    if (message.note && !this.noteShown) {
      row.append(element("p", { class: "note", lang: message.language, dir: message.direction }, message.note));
      this.noteShown = true;
    }
    if (message.choices?.length) row.append(this.#choices(message));
    this.#add(row);
    return row;
  }

  // Shows an answer from its beginning: what follows it may be longer than the screen.
  showFrom(row) {
    const height = this.list.scrollHeight - row.offsetTop;
    if (height > this.list.clientHeight) this.list.scrollTop = row.offsetTop  - 8;
  }

  state(id, text, action, act) {
    const row = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!row) return;
    row.querySelector(".under")?.remove();
    if (!text) return;
    const under = element("div", { class: "under" }, element("span", { class: "state" }, text));
    if (action) under.append(element("button", { type: "button", onclick: act }, action));
    row.append(under);
  }

  remove(id) {
    this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
  }

  showReadAloud() {
    for (const button of this.list.querySelectorAll("button.read")) button.hidden = !speech.canRead(button.dataset.language);
  }

  #under(message) {
    const labels = this.page.labels;
    const under = element("div", { class: "under" });
    if (message.sources?.length) {
      const lines = message.sources.map((source) => {
        const name = [source.title, source.section].filter(Boolean).join(", ");
        const web = /^https?:/.test(source.url);
        const link = web ? element("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, name) : name;
        const checked = labels.web_source_date.replace("{date}", dateIn(this.page.language, source.checked_on));
        return element("li", {}, element("bdi", { lang: "nb" }, link), " · ", checked);
      });
      under.append(element("details", {}, element("summary", {}, labels.web_sources), element("ul", {}, ...lines)));
    }
    const button = element("button", { type: "button", class: "read", "data-language": message.language }, labels.web_read_aloud);
    button.hidden = !speech.canRead(message.language);
    button.addEventListener("click", () => this.#readAloud(button, message));
    under.append(button);
    return under;
  }

  #readAloud(button, message) {
    const labels = this.page.labels;
    const reading = button.dataset.reading === "yes";
    speech.stop();
    button.dataset.reading = reading ? "no" : "yes";
    button.textContent = reading ? labels.web_read_aloud : labels.web_stop_reading;
    if (reading) return;
    speech.read(message.text, message.language, () => {
      button.dataset.reading = "no";
      button.textContent = labels.web_read_aloud;
    });
  }

  #choices(message) {
    const many = message.choices.length > MANY;
    const group = element("div", { class: "choices", role: "group", "aria-label": this.page.labels.web_choices });
    for (const choice of message.choices) {
      const language = /"language":\s*"(\w+)"/.exec(choice.payload)?.[1] ?? message.language;
      group.append(element("button", { type: "button", lang: language, dir: "auto", onclick: () => this.onChoice(choice) }, choice.title));
    }
    if (!many) return group;
    // Eighteen languages would push the answer off a phone's screen.
    const some = message.choices.slice(0, 3).map((choice) => choice.title).join(" · ");
    return element("details", { class: "choices-many" }, element("summary", {}, `${some} …`), group);
  }

  #closeChoices() {
    for (const group of this.list.querySelectorAll(".choices, .choices-many")) group.remove();
  }

  #add(row) {
    this.list.append(row);
    this.list.scrollTop = this.list.scrollHeight;
  }
}
