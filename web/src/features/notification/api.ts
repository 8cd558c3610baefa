import { api, body } from "@/lib/api/client";
import type { Answer } from "@/lib/api/types";

export type Notification = Awaited<ReturnType<typeof fetchNotifications>>["items"][number];

export const fetchNotifications = () => body(api.GET("/notifications", { params: { query: { limit: 20 } } }));
export const fetchUnread = () => body(api.GET("/notifications/summary"));

/** Everything up to and including this one is read. */
export const markRead = (upTo: string) => body(api.POST("/notifications/read", { body: { up_to: upTo } }));

export type Preferences = Answer<"/notifications/preferences", "get">;

export const fetchPreferences = () => body(api.GET("/notifications/preferences"));

export const savePreferences = (preferences: Preferences) =>
  body(api.PUT("/notifications/preferences", { body: preferences }));
