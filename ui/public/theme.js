// Owns the theme and the system's fonts of the first paint. The setting's last value is remembered here only for that;
// Rust has the last word.
(function () {
  var wanted = "system";
  try {
    wanted = localStorage.getItem("latchkey.theme") || "system";
  } catch (blocked) {
    wanted = "system";
  }
  var query = new URLSearchParams(location.search).get("theme");
  if (query === "light" || query === "dark") wanted = query;
  var dark = wanted === "dark" || (wanted === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  if (/Linux/.test(navigator.userAgent)) document.documentElement.dataset.system = "linux";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
