import { ActionIcon, Button, Group, Popover, Skeleton, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure } from "@/components/ui/failure";
import "@/components/ui/more-styles.css";
import { BellIcon } from "@/components/ui/icons";
import { notifyError } from "@/components/ui/notify";
import { formatNumber } from "@/lib/i18n/numbers";
import { useLiveInterval } from "@/lib/live";
import { useNow } from "@/lib/now";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { relative } from "@/lib/time";
import { fetchNotifications, fetchUnread, markRead } from "./api";
import classes from "./bell.module.css";

/** How much is unread, live; opens the newest notifications. */
export function Bell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const interval = useLiveInterval();
  const unread =
    useQuery({
      queryKey: keys.notifications.summary,
      queryFn: fetchUnread,
      // A count may be some seconds old where the stream is missing.
      refetchInterval: Math.max(interval, 15_000),
    }).data?.unread ?? 0;
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width={360}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          className={classes.bell ?? ""}
          aria-label={
            unread ? t("Notifications, {count, number} unread", { count: unread }) : t("Notifications")
          }
          onClick={() => setOpen(!open)}
        >
          <BellIcon />
          {unread > 0 && (
            <span className={classes.count} aria-hidden="true">
              {unread > 99 ? t("{count, number}+", { count: 99 }) : formatNumber(unread)}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ""} aria-label={t("Notifications")}>
        <Newest unread={unread} onClose={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Newest({ unread, onClose }: { unread: number; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const now = useNow(30_000);
  const list = useQuery({ queryKey: keys.notifications.list, queryFn: fetchNotifications });
  const read = useMutation({
    mutationFn: markRead,
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications.all }),
  });
  const newest = list.data?.items[0];
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text fw={650}>{t("Notifications")}</Text>
        {newest && unread > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            loading={read.isPending}
            onClick={() => read.mutate(newest.id)}
          >
            {t("Mark all read")}
          </Button>
        )}
      </Group>
      {list.isPending && <Skeleton height={80} />}
      {list.isLoadingError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data?.items.length === 0 && <Text c="dimmed">{t("Nothing yet.")}</Text>}
      <ul className={classes.list}>
        {list.data?.items.map((one) => (
          <li key={one.id} data-unread={one.read_at === null || undefined}>
            <Link to={one.link} className={classes.link ?? ""} onClick={onClose}>
              <strong>{one.title}</strong>
              {one.read_at === null && <span className="unseen"> {t("(unread)")}</span>}
              <span>{one.body}</span>
              <small>{relative(one.at, now)}</small>
            </Link>
          </li>
        ))}
      </ul>
      <Text size="sm" ta="center" mt="xs">
        <Link to="/settings/notifications" onClick={onClose}>
          {t("Choose which e-mails you get")}
        </Link>
      </Text>
    </>
  );
}
