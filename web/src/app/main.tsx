import "@/components/ui/first-styles.css";
import "./app.css";
import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { askTheTime } from "@/lib/config";
import { loadTexts } from "@/lib/i18n/i18n";
import { Providers } from "./providers";
import { router } from "./router";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

/** Resolves when the screen of the page's address has been loaded, or could not be. */
function screenLoaded(): Promise<void> {
  return new Promise((done) => {
    const stop = router.subscribe((state) => {
      if (!state.initialized) return;
      stop();
      done();
    });
    if (router.state.initialized) done();
  });
}

const app = createRoot(root);
const painted =
  root.querySelector("[data-first-paint]") !== null &&
  !document.documentElement.hasAttribute("data-hide-first-paint");
// Without a network the texts of another language may be missing: the app then speaks English. A screen that the gateway has
// painted stays until the app's own can take its place as a whole; elsewhere the app shows that it is loading.
void Promise.all([loadTexts().catch(() => undefined), painted && screenLoaded()]).then(() =>
  // A transition: what the gateway has painted can be read, scrolled and clicked while the app is made ready behind it.
  startTransition(() =>
    app.render(
      <StrictMode>
        <Providers>
          <RouterProvider router={router} />
        </Providers>
      </StrictMode>,
    ),
  ),
);

window.addEventListener("load", () => {
  // After everything that the page itself needs. Without it the app works as before, except offline.
  if (import.meta.env.PROD && "serviceWorker" in navigator)
    void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  // Where the page came with all it shows, no answer has told the server's time.
  setTimeout(() => void askTheTime(), 3000);
});
