/** Shows a component as the app would: themed, with a router around it and a cache of its own. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider, notifyManager } from "@tanstack/react-query";
import { act, fireEvent, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { type RouteObject, RouterProvider, createMemoryRouter } from "react-router";
import { onTestFinished } from "vitest";
import { theme, variables } from "@/app/theme";
import { keepFocus } from "@/lib/keep-focus";

type Address = { path?: string; at?: string; routes?: RouteObject[] };

/** `path`: the route's pattern; `at`: the address; `routes`: other pages that it may lead to. */
export function show(ui: ReactElement, { path = "/", at = path, routes = [] }: Address = {}) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter(
    [{ path, element: ui }, ...routes, { path: "*", element: <p>Elsewhere</p> }],
    {
      initialEntries: [at],
    },
  );
  onTestFinished(keepFocus());
  const { unmount } = render(
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} env="test">
        <Notifications />
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return {
    router,
    unmount,
    queries,
    /** Asks for everything again, until the screen shows what has come of it. */
    refetch: () =>
      act(async () => {
        await queries.refetchQueries();
        await new Promise<void>((shown) => notifyManager.schedule(shown));
      }),
    user: userEvent.setup({ advanceTimers: (ms) => new Promise((go) => setTimeout(go, ms)) }),
  };
}

/** Two clicks before anything can be answered. */
export function clickTwice(button: HTMLElement): void {
  fireEvent.click(button);
  fireEvent.click(button);
}
