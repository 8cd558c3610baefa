import { ActionIcon, Button, Group, Popover, Skeleton, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure } from "@/components/ui/failure";
import "@/components/ui/more-styles.css";
import { BellIcon } from "@/components/ui/icons";
import { LoadMore } from "@/components/ui/load-more";
import { notifyError } from "@/components/ui/notify";
import { formatNumber } from "@/lib/i18n/numbers";
import { useLiveInterval } from "@/lib/live";
import { useNow } from "@/lib/now";
import { useInfiniteQuery, useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { relative } from "@/lib/time";
import { fetchNotifications, fetchUnread, markRead } from "./api";
import classes from "./bell.module.css";

/** How much is unread, live; opens the notifications, the newest first. */
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
        <List unread={unread} onClose={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function List({ unread, onClose }: { unread: number; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const now = useNow(30_000);
  const list = useInfiniteQuery({
    queryKey: keys.notifications.list,
    queryFn: ({ pageParam }) => fetchNotifications(pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  const read = useMutation({
    mutationFn: markRead,
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications.all }),
  });
  const notifications = list.data?.pages.flatMap((page) => page.items) ?? [];
  const newest = notifications[0];
  return (
    <>
      <Group justify="space-between" mb="xs">
        {/* The focus begins above the list, which comes later: the first button there is would be the one below it. */}
        <Text fw={650} tabIndex={-1} data-autofocus className={classes.title ?? ""}>
          {t("Notifications")}
        </Text>
        {newest && unread > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            loading={read.isPending}
            onClick={() => read.mutate({ up_to: newest.id })}
          >
            {t("Mark all read")}
          </Button>
        )}
      </Group>
      {list.isPending && <Skeleton height={80} />}
      {list.isLoadingError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && notifications.length === 0 && <Text c="dimmed">{t("Nothing yet.")}</Text>}
      <ul className={classes.list}>
        {notifications.map((one) => (
          <li key={one.id} data-unread={one.read_at === null || undefined}>
            <Link
              to={one.link}
              className={classes.link ?? ""}
              onClick={() => {
                if (one.read_at === null) read.mutate({ ids: [one.id] });
                onClose();
              }}
            >
              <strong>{one.title}</strong>
              {one.read_at === null && <span className="unseen"> {t("(unread)")}</span>}
              <span>{one.body}</span>
              <small>{relative(one.at, now)}</small>
            </Link>
          </li>
        ))}
      </ul>
      <LoadMore list={list}>{t("Show older notifications")}</LoadMore>
      <Text size="sm" ta="center" mt="xs">
        <Link to="/settings/notifications" onClick={onClose}>
          {t("Choose which e-mails you get")}
        </Link>
      </Text>
    </>
  );
}
