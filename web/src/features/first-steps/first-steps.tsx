import { Button, Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { CheckIcon } from "@/components/ui/icons";
import { fetchRules } from "@/features/availability/rules-api";
import { profileQuery } from "@/features/directory/queries";
import { fetchPayoutAccount } from "@/features/payout/api";
import { useSession } from "@/lib/api/session";
import { msg } from "@/lib/i18n/i18n";
import { formatNumber } from "@/lib/i18n/numbers";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import classes from "./first-steps.module.css";
import { STEPS, type Step, isDone, missing } from "./steps";

type Words = { title: string; why: string; done: string; to: string; action: string };

const WORDS: Record<Step, Words> = {
  email: {
    title: msg("Confirm your e-mail address"),
    why: msg("Open the link we sent you. Requests and reminders go to this address."),
    done: msg("Your e-mail address is confirmed"),
    to: "/account",
    action: msg("See your address"),
  },
  profile: {
    title: msg("Write your profile"),
    why: msg("Describe what you help with and what an hour costs, so that seekers can find you."),
    done: msg("Your profile is in the directory"),
    to: "/profile",
    action: msg("Write profile"),
  },
  hours: {
    title: msg("Set your hours"),
    why: msg("Set your working hours once. Only open times can be booked."),
    done: msg("Your hours are set"),
    to: "/availability/hours",
    action: msg("Set hours"),
  },
  payouts: {
    title: msg("Set up your payouts"),
    why: msg("We hold your earnings until we know where to send them. Setup takes a few minutes."),
    done: msg("Your payouts are set up"),
    to: "/payouts",
    action: msg("Set up payouts"),
  },
};

/** What a new consultant has yet to do, with a way to each; nothing when all is done, or while it is not known. */
export function FirstSteps() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  const id = user?.id ?? "";
  const profile = useQuery(profileQuery(id));
  const rules = useQuery({ queryKey: keys.rules, queryFn: fetchRules });
  const account = useQuery({ queryKey: keys.payments.account, queryFn: fetchPayoutAccount });
  if (!user || profile.data === undefined || rules.data === undefined || account.data === undefined)
    return null;
  const facts = {
    email_verified: user.email_verified,
    profile: profile.data !== null,
    // Times opened by hand are as good as rules.
    hours: rules.data !== null || Boolean(profile.data?.next_available_at),
    payouts: account.data?.status === "active",
  };
  const open = missing(facts);
  // For an address alone there is the banner on every page.
  if (open.every((step) => step === "email")) return null;
  const done = STEPS.length - open.length;
  return (
    <section className={`card ${classes.guide}`} aria-labelledby="first-steps">
      <div className={classes.head}>
        <h2 id="first-steps">{t("First steps")}</h2>
        <span>{t("{done, number} of {all, number} done", { done, all: STEPS.length })}</span>
      </div>
      <Progress value={(done / STEPS.length) * 100} size="sm" aria-hidden="true" />
      <ol className={classes.steps}>
        {STEPS.map((step, index) => {
          const words = WORDS[step];
          const ready = isDone(step, facts);
          return (
            <li key={step} data-done={ready || undefined}>
              <span className={classes.mark} aria-hidden="true">
                {ready ? <CheckIcon size={16} /> : formatNumber(index + 1)}
              </span>
              <div>
                <strong>{ready ? t(words.done) : t(words.title)}</strong>
                {!ready && <p>{t(words.why)}</p>}
              </div>
              {!ready && (
                <Button
                  component={Link}
                  to={words.to}
                  size="compact-md"
                  variant={step === open[0] ? "filled" : "light"}
                >
                  {t(words.action)}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
