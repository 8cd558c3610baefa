import { api, body } from "@/lib/api/client";
import type { Answer } from "@/lib/api/types";

export type Notification = Awaited<ReturnType<typeof fetchNotifications>>["items"][number];

export const fetchNotifications = (cursor: string) =>
  body(api.GET("/notifications", { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));
export const fetchUnread = () => body(api.GET("/notifications/summary"));

/** `ids` are read, or `up_to` and all before it. */
export const markRead = (read: { ids: string[] } | { up_to: string }) =>
  body(api.POST("/notifications/read", { body: read }));

export type Preferences = Answer<"/notifications/preferences", "get">;

export const fetchPreferences = () => body(api.GET("/notifications/preferences"));

export const savePreferences = (preferences: Preferences) =>
  body(api.PUT("/notifications/preferences", { body: preferences }));
