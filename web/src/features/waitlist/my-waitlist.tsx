import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure } from "@/components/ui/failure";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { fullName } from "@/components/ui/person";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { MINUTE, date } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { type MyWaitlistEntry, fetchMyEntries, leaveWaitlist } from "./api";
import classes from "./my-waitlist.module.css";

/** For whose time a seeker waits; nothing where they wait for none. */
export function MyWaitlist() {
  const { t } = useTranslation();
  const heading = useId();
  const list = useQuery({ queryKey: keys.waitlist.mine, queryFn: fetchMyEntries });
  if (list.data?.length === 0 || list.isPending) return null;
  return (
    <section aria-labelledby={heading} data-rows>
      <h2 id={heading} className={classes.heading}>
        {t("Waiting for a time")}
      </h2>
      {list.isLoadingError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : (
        <ul className={`card ${classes.list}`}>
          {list.data.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: MyWaitlistEntry }) {
  const { t } = useTranslation();
  const zone = useZone();
  const client = useQueryClient();
  const { id } = entry.consultant;
  const name = fullName(entry.consultant);
  const leave = useMutation({
    mutationFn: () => leaveWaitlist(id),
    onSuccess: () => notifySuccess(t("You’ve left the waitlist.")),
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.waitlist.all }),
  });
  return (
    <li className={classes.entry}>
      <span>
        <Link to={`/experts/${id}`}>{name}</Link>{" "}
        {t("{from} – {to}", {
          from: date(entry.from, zone),
          // The end is not part of it.
          to: date(Date.parse(entry.to) - MINUTE, zone),
        })}
      </span>
      <Button
        variant="subtle"
        size="compact-md"
        data-row
        aria-label={t("Leave waitlist for {name}", { name })}
        loading={leave.isPending}
        onClick={() => leave.mutate()}
      >
        {t("Leave waitlist")}
      </Button>
    </li>
  );
}
