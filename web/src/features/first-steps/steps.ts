/** What a new consultant has yet to do before seekers can book, and be charged. Pure. */
export type Step = "email" | "profile" | "hours" | "payouts";

export type Facts = {
  email_verified: boolean;
  /** Whether there is a profile to be found. */
  profile: boolean;
  /** Whether there are weekly hours, or any time that can be booked. */
  hours: boolean;
  /** Whether earnings can be sent. */
  payouts: boolean;
};

export const STEPS: readonly Step[] = ["email", "profile", "hours", "payouts"];

export function isDone(step: Step, facts: Facts): boolean {
  return step === "email" ? facts.email_verified : facts[step];
}

export function missing(facts: Facts): Step[] {
  return STEPS.filter((step) => !isDone(step, facts));
}
