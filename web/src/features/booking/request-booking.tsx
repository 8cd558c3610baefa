import { Button, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { lazyPart } from "@/components/ui/lazy-part";
import { ShieldIcon } from "@/components/ui/icons";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { fullName } from "@/components/ui/person";
import type { Profile, Slot } from "@/features/directory/api";
import { fetchCard } from "@/features/payment/api";
import { isRefusal, sentence } from "@/lib/api/problem";
import { useSession } from "@/lib/api/session";
import { useConfig } from "@/lib/config";
import { named } from "@/lib/form";
import { money, price } from "@/lib/money";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { useNow } from "@/lib/now";
import { length, span, zoneName } from "@/lib/time";
import { requestBooking } from "./api";
import { cancellationPolicy } from "./policy";
import { formatDuration, useFreePeriod } from "./free-period";
import { useBookingForm, useOwnBooking } from "./queries";
import classes from "./request-booking.module.css";
import { TimeGone } from "./time-gone";

const CardForm = lazyPart(() => import("@/features/payment/card-form"));

type Props = {
  expert: Profile;
  zone: string;
  slot: Slot | null;
  /** The id of a slot that was picked and is not free any more. */
  gone: string | null;
  /** The slot whose request is under way or without an answer; null once it was refused. */
  onRequesting: (slot: Slot | null) => void;
  onClose: () => void;
};

/** From a picked time to a request: log in if need be, a card if there is none, a message, one button. */
export function RequestBooking({ expert, zone, slot, gone, onRequesting, onClose }: Props) {
  const { t } = useTranslation();
  const free = useFreePeriod();
  const own = useOwnBooking(gone);
  const user = useSession((state) => state.user);
  return (
    <Dialog
      opened={slot !== null || (gone !== null && own !== undefined)}
      onClose={onClose}
      title={
        gone === null ? t("Request booking") : own ? t("You’ve booked this time") : t("This time is gone")
      }
      size="lg"
    >
      {gone !== null && own !== undefined && <TimeGone own={own} onClose={onClose} />}
      {slot && (
        <Stack>
          <dl className={classes.summary}>
            <div>
              <dt>{t("With")}</dt>
              <dd>{fullName(expert)}</dd>
            </div>
            <div>
              <dt>{t("When")}</dt>
              <dd>
                {span(slot.start_time, slot.end_time, zone)}
                <small>{zoneName(zone, Date.parse(slot.start_time))}</small>
              </dd>
            </div>
            <div>
              <dt>{t("Price")}</dt>
              <dd>
                {money(price(expert.hourly_rate, slot.start_time, slot.end_time), expert.currency)}
                <small>
                  {free
                    ? t("for {length}; free if it ends within {time}", {
                        length: lengthOf(slot),
                        time: formatDuration(free),
                      })
                    : t("for {length}", { length: lengthOf(slot) })}
                </small>
              </dd>
            </div>
          </dl>
          {/* When another tab changes the account, nothing of the first one's card stays. */}
          <Steps key={user?.id ?? ""} expert={expert} slot={slot} onRequesting={onRequesting} />
        </Stack>
      )}
    </Dialog>
  );
}

function lengthOf(slot: Slot): string {
  return length(Date.parse(slot.end_time) - Date.parse(slot.start_time));
}

type StepsProps = Pick<Props, "expert" | "onRequesting"> & { slot: Slot };

function Steps({ expert, slot, onRequesting }: StepsProps) {
  const { t } = useTranslation();
  const { status, user } = useSession();
  const here = useLocation();
  const card = useQuery({
    queryKey: keys.payments.card,
    queryFn: fetchCard,
    enabled: user?.role === "seeker",
  });
  if (status === "unknown") return <Skeleton height={120} />;
  if (!user) {
    const back = `?next=${encodeURIComponent(here.pathname + here.search)}`;
    return (
      <>
        <Text>{t("Sign up or log in to send this request. You’ll come back to this time.")}</Text>
        <DialogActions>
          <Button component={Link} to={`/login${back}`} variant="default">
            {t("Log in")}
          </Button>
          <Button component={Link} to={`/register${back}`}>
            {t("Sign up to book")}
          </Button>
        </DialogActions>
      </>
    );
  }
  if (user.role !== "seeker")
    return (
      <Note kind="idle">{t("You’re signed in as an expert. To book sessions, use a seeker account.")}</Note>
    );
  if (card.isPending) return <Skeleton height={120} />;
  if (card.isLoadingError)
    return (
      <Note kind="bad" live>
        {sentence(card.error)}{" "}
        <Button size="compact-sm" variant="default" onClick={() => void card.refetch()}>
          {t("Try again")}
        </Button>
      </Note>
    );
  if (card.data === null)
    return (
      <>
        <Note kind="info" title={t("Add a card to book")}>
          <p>
            {t(
              "You won’t be charged now. The amount is held when the expert accepts, and charged only after the session.",
            )}
          </p>
        </Note>
        <Suspense fallback={<Skeleton height={200} />}>
          <CardForm />
        </Suspense>
      </>
    );
  return <Ask expert={expert} slot={slot} last4={card.data.last4} onRequesting={onRequesting} />;
}

function Ask({ expert, slot, last4, onRequesting }: StepsProps & { last4: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const config = useConfig();
  const now = useNow(15_000);
  const field = useRef<HTMLTextAreaElement>(null);
  // The dialog looks for its first field when it opens, but this one comes after the card has been asked for.
  useEffect(() => field.current?.focus(), []);
  const form = useForm({ enhanceGetInputProps: named, initialValues: { message: "" } });
  const { onSubmit, busy, problem } = useBookingForm(
    form,
    ({ message }, key) => {
      onRequesting(slot);
      const words = message.trim();
      return requestBooking(
        {
          consultant_id: expert.consultant_id,
          slot_id: slot.id,
          ...(words ? { message: words } : {}),
        },
        key,
      );
    },
    {
      draft: `request ${expert.consultant_id}`,
      next: (booking) => {
        notifySuccess(t("Your request is on its way to {name}.", { name: expert.first_name }));
        // In place of the dialog's own address: going back leads to the expert, not to a time that is taken now.
        void navigate(`/booking/${booking.id}`, { replace: true });
      },
      onError: (error) => {
        if (isRefusal(error)) onRequesting(null);
      },
    },
  );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <Textarea
          label={t("What would you like to talk about?")}
          description={t("Optional, but it helps the expert say yes")}
          autosize
          minRows={3}
          maxRows={8}
          maxLength={2000}
          data-autofocus
          ref={field}
          {...form.getInputProps("message")}
        />
        <ErrorNote error={problem} />
        <p className={classes.promise}>
          <ShieldIcon size={18} />
          <span>
            {t("When {name} accepts, the amount is held on your card ending in {digits}.", {
              name: expert.first_name,
              digits: last4,
            })}{" "}
            {config && cancellationPolicy(slot.start_time, config, now)}
          </span>
        </p>
        <DialogActions busy={busy}>
          <Button type="submit" size="md" loading={busy}>
            {t("Request booking")}
          </Button>
        </DialogActions>
      </Stack>
    </form>
  );
}
