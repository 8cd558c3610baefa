import { Skeleton, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { Failure } from "@/components/ui/failure";
import { Page } from "@/components/ui/page";
import { fullName } from "@/components/ui/person";
import { RequestBooking } from "@/features/booking/request-booking";
import { expertId } from "@/features/directory/address";
import type { Profile, Slot } from "@/features/directory/api";
import { ProfileView } from "@/features/directory/profile-view";
import { Ratings } from "@/features/directory/ratings";
import { Heart } from "@/features/favourites/heart";
import { FARTHEST_DAYS, monthOf, useFreeSlots } from "@/features/directory/free-slots";
import { profileQuery } from "@/features/directory/queries";
import { SlotPicker } from "@/features/directory/slot-picker";
import { useBrandName } from "@/lib/config";
import { WaitForTime } from "@/features/waitlist/wait-for-time";
import { money, price } from "@/lib/money";
import { useQuery } from "@/lib/query";
import { type Day, addDays, isDay, today, wall } from "@/lib/time";
import { isZone, useZone } from "@/lib/zone";
import classes from "./expert.module.css";

export function Component() {
  const { t } = useTranslation();
  const id = expertId(useParams().id ?? "");
  const profile = useQuery(profileQuery(id));
  if (profile.isPending)
    return (
      <div className={classes.page} role="status" aria-label={t("Loading")}>
        <Skeleton height={260} radius={14} mb="lg" />
        <Skeleton height={300} radius={14} />
      </div>
    );
  if (profile.isLoadingError)
    return (
      <Page title={t("Expert")}>
        <Failure error={profile.error} retry={() => void profile.refetch()} />
      </Page>
    );
  if (profile.data === null)
    return (
      <Page title={t("Expert not found")}>
        <Text>{t("The profile was removed, or the address is incomplete.")}</Text>
      </Page>
    );
  return <Expert key={id} expert={profile.data} />;
}

function Expert({ expert }: { expert: Profile }) {
  const own = useZone();
  const brand = useBrandName();
  const [params, setParams] = useSearchParams();
  // The chosen slot, its day, and the zone in which it has that day are in the address: after logging in one comes back
  // to them, whatever the zone of the account.
  const wanted = params.get("zone");
  const zone = wanted && isZone(wanted) ? wanted : own;
  const day = dayOf(params.get("day"), zone);
  const soonest = expert.next_available_at ? wall(expert.next_available_at, zone).day : today(zone);
  const slots = useFreeSlots(expert.consultant_id, monthOf(day ?? soonest), zone);
  const chosenId = params.get("slot");
  // A request that is under way, or whose answer was lost, has taken the time from the list itself.
  const [requesting, setRequesting] = useState<Slot | null>(null);
  const listed = slots.data?.find((slot) => slot.id === chosenId) ?? null;
  const chosen = listed ?? (requesting?.id === chosenId ? requesting : null);

  const go = (to: { day?: Day | null; slot?: string; zone?: string }) => {
    const next = { day, zone: wanted, slot: null, ...to };
    const kept = Object.entries(next).filter((one): one is [string, string] => Boolean(one[1]));
    setParams(Object.fromEntries(kept), { replace: true, preventScrollReset: true });
  };

  return (
    <div className={classes.page}>
      <title>{`${fullName(expert)} · ${brand}`}</title>
      <div className="card">
        <ProfileView profile={expert} action={<Heart expert={expert} />} />
      </div>
      <div className="card">
        <SlotPicker
          expertId={expert.consultant_id}
          zone={zone}
          onZone={(to) => go({ zone: to, day: null })}
          day={day}
          onDay={(to) => go({ day: to })}
          chosen={chosenId}
          onChoose={(slot) => go({ day: wall(slot.start_time, zone).day, slot: slot.id, zone })}
          nextAt={expert.next_available_at ?? null}
          note={(slot) => money(price(expert.hourly_rate, slot.start_time, slot.end_time), expert.currency)}
        >
          <WaitForTime expertId={expert.consultant_id} firstName={expert.first_name} zone={zone} />
        </SlotPicker>
      </div>
      <div className="card">
        <Ratings expertId={expert.consultant_id} expertName={expert.first_name} />
      </div>
      <RequestBooking
        expert={expert}
        zone={zone}
        slot={chosen}
        gone={slots.data !== undefined && chosen === null ? chosenId : null}
        onRequesting={setRequesting}
        onClose={() => go({})}
      />
    </div>
  );
}

/** The day that the address asks for; null where it asks for none, or for one on which no time can be open. */
function dayOf(asked: string | null, zone: string): Day | null {
  const first = today(zone);
  return asked && isDay(asked) && asked >= first && asked <= addDays(first, FARTHEST_DAYS) ? asked : null;
}
