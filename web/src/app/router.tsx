/** Every screen and who may see it. None of the paths is a prefix of the API's, so a reload always lands in the app. */
import { createBrowserRouter } from "react-router";
import { Crash } from "./crash";
import { Layout, Loading } from "./layout";
import { Protected } from "./protected";
import { Component as Directory } from "./routes/directory";

/** Not in the production bundle. */
const DEVELOPMENT = import.meta.env.DEV
  ? [{ path: "_gallery", lazy: () => import("./gallery/gallery") }]
  : [];

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
          { path: "experts/:id", lazy: () => import("./routes/expert") },
          { path: "login", lazy: () => import("./routes/login") },
          { path: "forgot-password", lazy: () => import("./routes/forgot-password") },
          { path: "reset-password", lazy: () => import("./routes/reset-password") },
          { path: "verify-email", lazy: () => import("./routes/verify-email") },
          { path: "register", lazy: () => import("./routes/register") },
          {
            element: <Protected />,
            children: [
              { path: "dashboard", lazy: () => import("./routes/dashboard") },
              { path: "booking/:id", lazy: () => import("./routes/booking") },
              { path: "session/:id", lazy: () => import("./routes/session") },
              { path: "settings/notifications", lazy: () => import("./routes/notification-settings") },
              { path: "account", lazy: () => import("./routes/account") },
              { path: "receipts/:id", lazy: () => import("./routes/receipt") },
              { path: "statements/:year", lazy: () => import("./routes/statement") },
            ],
          },
          {
            element: <Protected only="seeker" />,
            children: [
              { path: "settings/payment", lazy: () => import("./routes/payment-settings") },
              { path: "favourites", lazy: () => import("./routes/favourites") },
              { path: "history", lazy: () => import("./routes/history") },
            ],
          },
          {
            element: <Protected only="consultant" />,
            children: [
              { path: "profile", lazy: () => import("./routes/profile") },
              { path: "availability", lazy: () => import("./routes/availability") },
              { path: "availability/hours", lazy: () => import("./routes/availability-hours") },
              { path: "availability/calendars", lazy: () => import("./routes/availability-calendars") },
              { path: "payouts", lazy: () => import("./routes/payouts") },
            ],
          },
          { path: "*", lazy: () => import("./routes/not-found") },
        ],
      },
    ],
  },
]);
