import { api, body, idempotent } from "@/lib/api/client";
import type { Answer } from "@/lib/api/types";

export type BusyCalendar = Answer<"/consultants/me/calendars", "get">["items"][number];

export const fetchCalendars = async (): Promise<BusyCalendar[]> =>
  (await body(api.GET("/consultants/me/calendars"))).items;

export const addCalendar = (calendar: { url: string; name: string }, key: string) =>
  body(api.POST("/consultants/me/calendars", { params: idempotent(key), body: calendar }));

const at = (id: string) => ({ params: { path: { calendar_id: id } } });

export const removeCalendar = (id: string) =>
  body(api.DELETE("/consultants/me/calendars/{calendar_id}", at(id)));

export const refreshCalendar = (id: string) =>
  body(api.POST("/consultants/me/calendars/{calendar_id}/refresh", at(id)));
