// The line above the composer: who has the conversation while it is not the assistant, and the way to take the question back.

const OPEN = { waiting: "web_waiting", human: "web_human" };

// A name keeps its own direction of writing inside a sentence of another.
const apart = (name) => `\u2068${name}\u2069`;

export class Bar {
  constructor(page, withdraw) {
    this.page = page;
    this.status = { state: "assistant", name: "" };
    this.bar = document.getElementById("status");
    this.who = document.getElementById("who");
    this.robot = document.querySelector('[data-label="web_robot"]');
    this.button = document.getElementById("withdraw");
    this.button.addEventListener("click", () => {
      if (this.button.getAttribute("aria-disabled") === "true") return;
      this.busy(true);
      withdraw();
    });
  }

  get open() {
    return this.status.state in OPEN;
  }

  // While a taking back is under way a second press does nothing.
  busy(yes) {
    this.button.setAttribute("aria-disabled", String(yes));
  }

  show(status) {
    const focused = document.activeElement === this.button;
    this.status = status;
    this.render();
    if (focused && !this.open) document.getElementById("words").focus();
  }

  // Also when the language changes. Said again only when it changes, since a screen reader reads it out.
  render() {
    const { state, name } = this.status;
    const labels = this.page.labels;
    const label = labels[OPEN[state]] ?? "";
    const text = state === "human" && !name ? labels.web_advisor : label.replace("{name}", () => apart(name));
    if (this.who.textContent !== text) this.who.textContent = text;
    this.bar.dataset.state = state;
    this.button.hidden = !this.open;
    this.robot.hidden = state === "human"; // "you talk to a computer program" is not true then
  }
}
