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
