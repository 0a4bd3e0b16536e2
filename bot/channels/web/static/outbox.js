// Messages that are not answered yet, kept in the browser until they are. A message keeps its id, so sending it twice says it once.

import * as api from "./api.js";

const KEY = "veiviser.outbox";
const PAUSES = [2, 5, 10, 20, 30];
const PATIENCE = 3;
const FINAL = [413, 422];

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  // events: waiting(item), answered(item, reply), refused(item, problem), delayed(item, problem, seconds)
  constructor(events) {
    this.events = events;
    this.items = this.#read();
    this.running = false;
    this.failures = 0;
    addEventListener("online", () => this.now());
  }

  add(text, shown) {
    const item = { id: newId(), text, shown: shown ?? text };
    this.items.push(item);
    this.#write([...this.#read(), item]);
    this.events.waiting(item);
    this.now();
    return item;
  }

  now() {
    clearTimeout(this.timer);
    this.failures = 0;
    this.#run();
  }

  // Messages that were answered meanwhile, as the history knows.
  drop(answered) {
    const ids = new Set(answered.map((message) => message.id));
    this.items = this.items.filter((item) => !ids.has(item.id));
    this.#write(this.#read().filter((item) => !ids.has(item.id)));
  }

  forget() {
    clearTimeout(this.timer);
    this.items = [];
    this.#write([]);
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    while (this.items.length) {
      const item = this.items[0];
      this.events.sending(item);
      const reply = await api.send({ text: item.text, id: item.id });
      if (this.items[0] !== item) continue; // left meanwhile, or found answered in the history
      if (!reply.problem) {
        this.#done(item);
        this.events.answered(item, reply);
      } else if (FINAL.includes(reply.problem.status)) {
        this.#done(item);
        this.events.refused(item, reply.problem);
      } else {
        const seconds = reply.problem.wait || PAUSES[Math.min(this.failures, PAUSES.length - 1)];
        this.failures += 1;
        item.failures = (item.failures ?? 0) + (reply.problem.status >= 500 ? 1 : 0);
        // One message that cannot be answered must not hold back the cry for help behind it.
        if (item.failures % PATIENCE === PATIENCE - 1) this.items.push(this.items.shift());
        this.timer = setTimeout(() => this.#run(), seconds * 1000);
        this.events.delayed(item, reply.problem, seconds);
        break;
      }
    }
    this.running = false;
  }

  #done(item) {
    this.failures = 0;
    this.items = this.items.filter((other) => other.id !== item.id);
    // Another tab may have put its own messages there.
    this.#write(this.#read().filter((other) => other.id !== item.id));
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? [];
    } catch {
      return [];
    }
  }

  #write(items) {
    try {
      localStorage.setItem(KEY, JSON.stringify(items));
    } catch {
      // A browser that keeps nothing still sends; only a reload would lose what is not sent yet.
    }
  }
}
