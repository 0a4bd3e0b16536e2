// Dark or light before anything is drawn, so that nothing flashes.
(() => {
  let kept = null;
  try { kept = localStorage.getItem("veiviser.theme"); } catch { /* private browsing */ }
  document.documentElement.dataset.theme = kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();
