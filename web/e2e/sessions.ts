import { type Person, freeSeconds, until } from "./stack";

/** Holds the session of a confirmed booking until its free period is over, and ends it; resolves when it is paid. */
export async function holdPaidSession(seeker: Person, booking: string): Promise<void> {
  const started = await seeker.call("POST", `/bookings/${booking}/start`);
  const freeUntil = Date.parse(String(started["session_start_time"])) + (await freeSeconds()) * 1000;
  // A second more: the clock of the page's machine and the whole seconds of the duration.
  await until("the free period is over", () => Promise.resolve(Date.now() > freeUntil + 1000));
  await seeker.call("POST", `/bookings/${booking}/end`);
  await until("it is paid", async () => (await seeker.booking(booking)).payment_status === "captured");
}
