// Asks for what came unasked: often while a person has the conversation or is waited for, else now and then,
// and at once when the page is looked at again.

import * as api from "./api.js";

const SELDOM = 30_000;
const OFTEN = 3_000;

export class News {
  // tell(found): the messages of both sides after a number, some of them for the second time, and who answers.
  constructor(tell) {
    this.tell = tell;
    this.after = null;
    this.often = false;
    this.failures = 0;
    this.answers = 0;
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  // From here on it asks for what comes after this number.
  begin(after) {
    this.after = after;
    this.now();
  }

  pace(often) {
    if (often === this.often) return;
    this.often = often;
    if (!this.looking) this.#later();
  }

  now() {
    clearTimeout(this.timer);
    if (this.looking) this.again = true;
    else this.#look();
  }

  // An answer came meanwhile: what a question under way says of who answers may be older than that.
  overtaken() {
    this.answers += 1;
  }

  async #look() {
    // A page nobody looks at asks only when somebody may be writing to it.
    if (this.after === null || !navigator.onLine || (document.hidden && !this.often)) return this.#later();
    this.looking = true;
    this.again = false;
    try {
      await this.#ask();
    } finally {
      this.looking = false;
      if (this.again) this.now();
      else this.#later();
    }
  }

  async #ask() {
    const before = this.answers;
    const found = await api.news(this.after);
    this.failures = found.problem ? this.failures + 1 : 0;
    if (found.problem) return;
    if (before !== this.answers) {
      found.status = null;
      this.again = true;
    }
    this.tell(found);
    this.after = Math.max(this.after, found.settled);
  }

  #later() {
    clearTimeout(this.timer);
    const pause = this.often ? Math.min(OFTEN * 2 ** this.failures, SELDOM) : SELDOM;
    this.timer = setTimeout(() => this.#look(), pause);
  }
}
