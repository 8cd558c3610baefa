import { api, body, bodyOrNull, idempotent } from "@/lib/api/client";
import type { Answer } from "@/lib/api/types";

export type WaitlistEntry = Answer<"/consultants/{consultant_id}/waitlist", "get">;

const at = (expertId: string) => ({ path: { consultant_id: expertId } });

/** For what I wait with this expert; null when I don't. */
export const fetchEntry = (expertId: string): Promise<WaitlistEntry | null> =>
  bodyOrNull(api.GET("/consultants/{consultant_id}/waitlist", { params: at(expertId) }));

export type MyWaitlistEntry = Answer<"/consultants/me/waitlist", "get">["items"][number];

/** For what I wait, with all experts. Beyond a hundred nobody looks: the rest is left out. */
export const fetchMyEntries = async (): Promise<MyWaitlistEntry[]> =>
  (await body(api.GET("/consultants/me/waitlist", { params: { query: { limit: 100 } } }))).items;

/** Waits from now on; somebody who waits already keeps their place, and waits for the new times. */
export const joinWaitlist = (
  expertId: string,
  span: { from: string; to: string },
  key: string,
): Promise<WaitlistEntry> =>
  body(
    api.POST("/consultants/{consultant_id}/waitlist", {
      params: { ...at(expertId), ...idempotent(key) },
      body: span,
    }),
  );

export const leaveWaitlist = (expertId: string) =>
  body(api.DELETE("/consultants/{consultant_id}/waitlist", { params: at(expertId) }));
