/** Every screen and who may see it. None of the paths is a prefix of the API's, so a reload always lands in the app. */
import type { ComponentType } from "react";
import { createBrowserRouter } from "react-router";
import { Crash } from "./crash";
import { Layout, Loading } from "./layout";
import { Protected } from "./protected";
import { Component as DirectoryScreen } from "./routes/directory";
import { translated } from "./translated";

/** Not in the production bundle. */
const DEVELOPMENT = import.meta.env.DEV
  ? [
      {
        path: "_gallery",
        lazy: async () => ({ Component: translated((await import("./gallery/gallery")).Component) }),
      },
    ]
  : [];

type Screen = { Component: ComponentType };

/** A screen of its own file, which comes with the styles that the entry has not. */
const screen = (load: () => Promise<Screen>) => async (): Promise<Screen> => {
  const [{ Component }] = await Promise.all([load(), import("@/components/ui/more-styles.css")]);
  return { Component: translated(Component) };
};

const Directory = translated(DirectoryScreen);

export const router = createBrowserRouter([
  ...DEVELOPMENT,
  {
    element: <Layout />,
    errorElement: <Crash />,
    HydrateFallback: Loading,
    children: [
      {
        errorElement: <Crash />,
        children: [
          { index: true, element: <Directory /> },
          { path: "find", element: <Directory /> },
          { path: "experts/:id", lazy: screen(() => import("./routes/expert")) },
          { path: "login", lazy: screen(() => import("./routes/login")) },
          { path: "forgot-password", lazy: screen(() => import("./routes/forgot-password")) },
          { path: "reset-password", lazy: screen(() => import("./routes/reset-password")) },
          { path: "verify-email", lazy: screen(() => import("./routes/verify-email")) },
          { path: "register", lazy: screen(() => import("./routes/register")) },
          {
            element: <Protected />,
            children: [
              { path: "dashboard", lazy: screen(() => import("./routes/dashboard")) },
              { path: "booking/:id", lazy: screen(() => import("./routes/booking")) },
              { path: "session/:id", lazy: screen(() => import("./routes/session")) },
              {
                path: "settings/notifications",
                lazy: screen(() => import("./routes/notification-settings")),
              },
              { path: "account", lazy: screen(() => import("./routes/account")) },
              { path: "receipts/:id", lazy: screen(() => import("./routes/receipt")) },
              { path: "statements/:year", lazy: screen(() => import("./routes/statement")) },
            ],
          },
          {
            element: <Protected only="seeker" />,
            children: [
              { path: "settings/payment", lazy: screen(() => import("./routes/payment-settings")) },
              { path: "favourites", lazy: screen(() => import("./routes/favourites")) },
              { path: "history", lazy: screen(() => import("./routes/history")) },
            ],
          },
          {
            element: <Protected only="consultant" />,
            children: [
              { path: "profile", lazy: screen(() => import("./routes/profile")) },
              { path: "availability", lazy: screen(() => import("./routes/availability")) },
              { path: "availability/hours", lazy: screen(() => import("./routes/availability-hours")) },
              {
                path: "availability/calendars",
                lazy: screen(() => import("./routes/availability-calendars")),
              },
              { path: "payouts", lazy: screen(() => import("./routes/payouts")) },
            ],
          },
          { path: "*", lazy: screen(() => import("./routes/not-found")) },
        ],
      },
    ],
  },
]);
