// Says before the first paint which colour scheme it has and whether somebody is signed in; from a file, because the
// Content-Security-Policy refuses inline scripts.
(function () {
  let chosen = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
    if (localStorage.getItem("cc.signed-in") && !localStorage.getItem("cc.logging-out"))
      document.documentElement.setAttribute("data-session", "");
  } catch {
    // Storage is switched off: the system's scheme it is.
  }
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
