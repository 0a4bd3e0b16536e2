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

function sizeIn(language, bytes) {
  const mega = bytes >= 1_000_000;
  const style = { style: "unit", unit: mega ? "megabyte" : "kilobyte", maximumFractionDigits: mega ? 1 : 0, numberingSystem: "latn" };
  try {
    return new Intl.NumberFormat([language, "nb"], style).format(Math.max(bytes / (mega ? 1_000_000 : 1_000), 1));
  } catch {
    return "";
  }
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
    this.numbered = new Map();
    this.noteShown = false;
  }

  clear() {
    this.list.replaceChildren();
    this.numbered.clear();
    this.noteShown = false;
  }

  // A message has a number once it is stored. However it comes (answer, history, news) and in whatever order,
  // it stands here once, in its place.
  mine(item, language = "") {
    const known = this.numbered.get(item.number) ?? this.rowOf(item.id);
    if (known) {
      this.settle(item.id, item.number);
      return known;
    }
    const bubble = element("div", { class: "bubble", dir: "auto", lang: language || null }, item.shown);
    const who = element("span", { class: "hidden" }, `${this.page.labels.web_you}: `);
    bubble.prepend(who);
    const row = element("div", { class: "mine", "data-id": item.id }, bubble);
    this.#add(row, item.number);
    this.#closeChoicesBefore(row);
    return row;
  }

  // The person's message of an id was stored under a number.
  settle(id, number) {
    const row = this.rowOf(id);
    if (!row || !number || row.dataset.number) return;
    this.#place(row, number);
    this.#closeChoicesBefore(row);
  }

  // The row of a message, or null when it is here already.
  theirs(message) {
    if (this.numbered.has(message.number)) return null;
    const row = message.author === "advisor" ? this.#advisors(message) : this.#assistants(message);
    if (message.choices?.length) row.append(this.#choices(message));
    this.#add(row, message.number);
    return row;
  }

  // The row of the person's message of an id.
  rowOf(id) {
    return id ? this.list.querySelector(`[data-id="${CSS.escape(id)}"]`) : null;
  }

  // A quiet word below a row.
  remark(row, text) {
    row.after(element("p", { class: "remark", lang: this.page.language, dir: "auto" }, text));
    this.list.scrollTop = this.list.scrollHeight;
  }

  // Shows an answer from its beginning: what follows it may be longer than the screen.
  showFrom(row) {
    const height = this.list.scrollHeight - row.offsetTop;
    if (height > this.list.clientHeight) this.list.scrollTop = row.offsetTop  - 8;
  }

  state(id, text, action, act) {
    const row = this.rowOf(id);
    if (!row) return;
    row.querySelector(".under")?.remove();
    if (!text) return;
    const under = element("div", { class: "under" }, element("span", { class: "state" }, text));
    if (action) under.append(element("button", { type: "button", onclick: act }, action));
    row.append(under);
  }

  remove(id) {
    this.rowOf(id)?.remove();
  }

  showReadAloud() {
    for (const button of this.list.querySelectorAll("button.read")) button.hidden = !speech.canRead(button.dataset.language);
  }

  #assistants(message) {
    const who = element("span", { class: "hidden", lang: this.page.language }, `${this.page.labels.web_assistant}: `);
    const row = element("div", { class: "theirs" }, this.#bubble(message, who), this.#under(message));
    // The assistant's notice is the same below every answer.
    if (message.note && !this.noteShown) {
      row.append(element("p", { class: "note", lang: message.language, dir: message.direction }, message.note));
      this.noteShown = true;
    }
    return row;
  }

  #advisors(message) {
    const { language, labels } = this.page;
    // A teacher is no advisor; what comes from a course says itself who writes.
    const role = message.by && message.key?.startsWith("course_") ? "" : labels.web_advisor;
    const name = message.by ? [element("bdi", {}, message.by), role && " · "] : [];
    const by = element("p", { class: "by", lang: language }, ...name, role);
    const row = element("div", { class: "theirs advisor" }, by, this.#bubble(message), ...this.#files(message), this.#under(message));
    // An advisor's notice is in the person's language, whatever language the words are in.
    if (message.note) row.append(element("p", { class: "note", lang: language, dir: "auto" }, message.note));
    return row;
  }

  #bubble(message, ...first) {
    return element("div", { class: "bubble", lang: message.language, dir: message.direction }, ...first, ...withLinks(message.text));
  }

  #files(message) {
    const { language, labels } = this.page;
    return (message.files ?? []).map((file) => {
      const parts = [element("span", { class: "get" }, labels.web_download), " ", element("bdi", {}, file.name), " "];
      const size = element("span", { class: "size" }, `(${sizeIn(language, file.size)})`);
      return element("a", { class: "file", href: file.url, download: file.name, lang: language }, ...parts, size);
    });
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

  #closeChoicesBefore(row) {
    for (const group of this.list.querySelectorAll(".choices, .choices-many")) {
      if (group.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING) group.remove();
    }
  }

  #add(row, number) {
    this.#place(row, number);
    this.list.scrollTop = this.list.scrollHeight;
  }

  // Stored messages stand in the order of their numbers; what has none yet stays where it was put, and nothing is moved without need.
  #place(row, number) {
    let later = null;
    let reached = false; // else a smaller number stands below the row
    for (let other = this.list.lastElementChild; other; other = other.previousElementSibling) {
      if (other === row) reached = true;
      else if (other.dataset.number) {
        if (!number || Number(other.dataset.number) < number) break;
        later = other;
      }
    }
    if (number) {
      row.dataset.number = number;
      this.numbered.set(number, row);
    }
    const tooLow = later && later.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!reached || tooLow) this.list.insertBefore(row, later);
  }
}
