// Says before the first paint which colour scheme it has, whether somebody is signed in, and whether it is for this
// reader; from a file, because the Content-Security-Policy refuses inline scripts.
(function () {
  const root = document.documentElement;
  let scheme = null;
  let language = null;
  try {
    scheme = localStorage.getItem("mantine-color-scheme-value");
    language = localStorage.getItem("cc.language");
    if (localStorage.getItem("cc.signed-in") && !localStorage.getItem("cc.logging-out"))
      root.setAttribute("data-session", "");
  } catch {
    // Storage is switched off: the system's scheme and the browser's languages it is.
  }
  const dark =
    scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  // The first paint is in the language that the request asked for and shows the whole directory. Whoever reads another
  // language, or has opened a filtered list, waits for the app instead of seeing the page change under their eyes.
  language ??= navigator.languages.find((tag) => /^(en|de|ar)\b/i.test(tag)) ?? "en";
  const filtered = location.pathname === "/find" && location.search !== "";
  const primary = (tag) => tag.slice(0, 2).toLowerCase();
  if (primary(language) !== primary(root.lang) || filtered) root.setAttribute("data-hide-first-paint", "");
})();
