import { DirectionProvider, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, Suspense, useEffect, useMemo } from "react";
import { Nothing, lazyPart } from "@/components/ui/lazy-part";
import { ApiProblem } from "@/lib/api/problem";
import { resumeLogOut } from "@/lib/api/log-out";
import { freshToken } from "@/lib/api/renewal";
import { useSession } from "@/lib/api/session";
import { useBrand } from "@/lib/config";
import { keepFocus } from "@/lib/keep-focus";
import { LANGUAGES } from "@/lib/i18n/languages";
import { readerLocale } from "@/lib/i18n/locale";
import { adoptLanguage } from "@/lib/language";
import { startLive } from "@/lib/live";
import { isPublic } from "@/lib/query-keys";
import { theme, variablesFor } from "./theme";

/** Shown once the page is there: nothing is announced before somebody does something. */
const Toasts = lazyPart(() => import("@/components/ui/toasts"), Nothing);

/**
 * Lost answers and the server's own troubles are. What it refuses, it refuses again; and who has waited for half a minute
 * until the gateway gave up (504) is told so, rather than made to wait twice more.
 */
function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof ApiProblem) || (error.status >= 500 && error.status !== 504);
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && isWorthAnotherTry(error),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
    mutations: { networkMode: "always" },
  },
});

/**
 * Answers were given to one person: nothing of them stays when they leave, and nothing of what was still on its way then
 * when the next one comes. What the public pages have read meanwhile does.
 */
function forgetAnswersOfOthers(): () => void {
  return useSession.subscribe((now, before) => {
    if (now.user?.id === before.user?.id) return;
    if (before.user) queries.clear();
    else queries.removeQueries({ predicate: ({ queryKey }) => !isPublic(queryKey) });
  });
}

/** Everybody who signs in reads in the language that they have chosen, here or on another device. */
function followLanguage(): () => void {
  return useSession.subscribe((now, before) => {
    if (now.user && now.user.id !== before.user?.id) void adoptLanguage(now.user).catch(() => undefined);
  });
}

/** Takes the session up again after a page load; without a network it keeps trying, since nobody has ended it. */
async function resume(): Promise<void> {
  while (useSession.getState().status === "unknown") {
    try {
      await freshToken();
    } catch {
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

/** A log-out that got no answer is tried again: at load, when the network is back, and every half minute. */
function finishLogOut(): () => void {
  const attempt = () => void resumeLogOut().catch(() => undefined);
  attempt();
  const timer = setInterval(attempt, 30_000);
  window.addEventListener("online", attempt);
  return () => {
    clearInterval(timer);
    window.removeEventListener("online", attempt);
  };
}

/** The look, in the marketplace's own colour. */
function Themed({ children }: { children: ReactNode }) {
  const { color } = useBrand();
  const resolver = useMemo(() => variablesFor(color), [color]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}

export function Providers({ children }: { children: ReactNode }) {
  useEffect(() => {
    const stops = [
      forgetAnswersOfOthers(),
      followLanguage(),
      finishLogOut(),
      startLive(queries),
      keepFocus(),
    ];
    void resume();
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <QueryClientProvider client={queries}>
      {/* Follows the document's `dir`, which changes with the language. */}
      <DirectionProvider initialDirection={LANGUAGES[readerLocale().language].direction}>
        <Themed>
          <Suspense>
            <Toasts />
          </Suspense>
          {children}
        </Themed>
      </DirectionProvider>
    </QueryClientProvider>
  );
}
