// The page that the service worker shows in place of one that cannot be fetched. It stands alone: the app's files may be
// as far away as the page that was wanted.
(function () {
  const TEXTS = {
    de: [
      "Sie sind offline",
      "Für diese Seite ist eine Verbindung nötig. Sie öffnet sich von selbst, sobald Sie wieder online sind.",
      "Erneut versuchen",
    ],
    ar: [
      "لا يوجد اتصال بالإنترنت",
      "تحتاج هذه الصفحة إلى اتصال بالإنترنت، وستُفتح تلقائيًا عند عودة الاتصال.",
      "إعادة المحاولة",
    ],
  };
  let chosen = null;
  try {
    chosen = localStorage.getItem("cc.language");
  } catch {
    // Storage is switched off: the browser's language it is.
  }
  const known = (chosen ? [chosen] : navigator.languages.map((tag) => tag.split("-")[0])).find(
    (language) => language === "en" || language in TEXTS,
  );
  if (known in TEXTS) {
    const [title, text, button] = TEXTS[known];
    document.documentElement.lang = known;
    document.documentElement.dir = known === "ar" ? "rtl" : "ltr";
    document.title = title;
    document.querySelector("h1").textContent = title;
    document.querySelector("p").textContent = text;
    document.querySelector("button").textContent = button;
  }
  const button = document.querySelector("button");
  button.addEventListener("click", () => location.reload());
  // A browser may think itself online before anything answers, or while only the server is away: the page is asked for
  // until it comes.
  const retry = () =>
    fetch(location.href, { method: "HEAD", cache: "no-store" }).then(
      (answer) => answer.status < 500 && location.reload(),
      () => undefined,
    );
  addEventListener("online", retry);
  setInterval(() => navigator.onLine && void retry(), 3000);
})();
