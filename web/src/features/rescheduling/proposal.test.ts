import { describe, expect, it } from "vitest";
import { booking } from "@/test/people";
import { canPropose, isSameLength, movesAtOnce, openProposal } from "./proposal";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const proposal = {
  proposed_by: "seeker" as const,
  slot_id: "slot-2",
  scheduled_start: "2026-11-24T10:00:00Z",
  scheduled_end: "2026-11-24T11:00:00Z",
  message: null,
  expires_at: "2026-11-22T10:00:01Z",
};

describe("another time", () => {
  it("can be proposed while the session is ahead and nothing else is proposed", () => {
    for (const status of ["requested", "accepted", "confirmed"] as const)
      expect(canPropose(booking({ status }), NOW)).toBe(true);
    for (const status of ["payment_failed", "in_progress", "completed", "cancelled"] as const)
      expect(canPropose(booking({ status }), NOW)).toBe(false);
    expect(canPropose(booking(), Date.parse("2026-11-23T10:00:00Z"))).toBe(false);
    expect(canPropose(booking({ reschedule: proposal }), NOW)).toBe(false);
  });

  it("waits for an answer until it expires", () => {
    expect(openProposal(booking({ reschedule: proposal }), NOW)).toBe(proposal);
    expect(openProposal(booking({ reschedule: proposal }), NOW + 1000)).toBeNull();
    expect(openProposal(booking(), NOW)).toBeNull();
  });

  it("needs no answer when the seeker moves their own request", () => {
    expect(movesAtOnce(booking({ status: "requested" }), "seeker")).toBe(true);
    expect(movesAtOnce(booking({ status: "requested" }), "consultant")).toBe(false);
    expect(movesAtOnce(booking({ status: "confirmed" }), "seeker")).toBe(false);
  });

  it("is as long as the agreed one, and is another", () => {
    const slot = (id: string, minutes: number) => ({
      id,
      start_time: "2026-11-25T10:00:00Z",
      end_time: new Date(Date.parse("2026-11-25T10:00:00Z") + minutes * 60_000).toISOString(),
    });
    expect(isSameLength(booking(), slot("slot-2", 60))).toBe(true);
    expect(isSameLength(booking(), slot("slot-2", 45))).toBe(false);
    expect(isSameLength(booking(), slot("slot-1", 60))).toBe(false);
  });
});
