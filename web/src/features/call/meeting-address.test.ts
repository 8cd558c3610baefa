import { expect, it } from "vitest";
import { meetingAddress } from "./meeting-address";

it.each([
  [null, null],
  ["https://market.example/session/b1", null],
  ["https://meet.example/room-1", "https://meet.example/room-1"],
  ["javascript:alert(1)", null],
  ["no address", null],
])("%s leads to %s", (session_url, address) => {
  expect(meetingAddress({ id: "b1", session_url })).toBe(address);
});
