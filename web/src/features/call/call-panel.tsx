import { Button, Stack, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { AskBeforeLeaving } from "@/components/ui/leave-guard";
import { Note } from "@/components/ui/note";
import type { Booking } from "@/features/booking/api";
import { type Side, other } from "@/features/booking/labels";
import type { CallStatus } from "./call";
import classes from "./call-panel.module.css";
import { CallRoom } from "./call-room";
import { GreenRoom } from "./green-room";
import { meetingAddress } from "./meeting-address";
import { useCall } from "./use-call";
import { useLocalMedia } from "./use-local-media";

type Props = { booking: Booking; side: Side };

/** While there is a talk to lose, also when it is interrupted. Who is alone there leaves as they like. */
const TALKING: CallStatus[] = ["connected", "reconnecting"];

/** Where the two see and hear each other: here, or at the address that the operator has set. */
export function CallPanel({ booking, side }: Props) {
  const { t } = useTranslation();
  const address = meetingAddress(booking);
  return (
    <section className={`card ${classes.panel}`} aria-label={t("Call")} tabIndex={-1}>
      {address ? <Elsewhere address={address} /> : <Here booking={booking} side={side} />}
    </section>
  );
}

function Here({ booking, side }: Props) {
  const { t } = useTranslation();
  const { media, state: local } = useLocalMedia();
  const participation = useCall(booking, side, local);
  const { call, state, leave, join } = participation;
  const them = other(booking, side);
  const moved = state?.status === "moved";
  useEffect(() => {
    // Their light must not stay on, nor may another tab's call find them in use.
    if (moved) media.close();
  }, [moved, media]);
  if (!call || !state)
    return <GreenRoom name={them.first_name} media={media} state={local} participation={participation} />;
  const moveHere = () => {
    void media.open();
    void join(true);
  };
  const hangUp = () => {
    leave();
    media.close();
  };
  if (moved)
    return (
      <Note kind="info" live title={t("This call is open somewhere else")}>
        <p>{t("You joined it in another tab or on another device.")}</p>
        <Button size="sm" onClick={moveHere}>
          {t("Move the call here")}
        </Button>
      </Note>
    );
  return (
    <>
      <CallRoom other={them} call={call} state={state} media={media} local={local} onLeave={hangUp} />
      <AskBeforeLeaving
        when={TALKING.includes(state.status)}
        question={t("Leave the call?")}
        text={t("You’re talking to {name}. The call ends for you when you leave this page.", {
          name: them.first_name,
        })}
        leave={t("Leave the call")}
        stay={t("Stay in the call")}
      />
    </>
  );
}

function Elsewhere({ address }: { address: string }) {
  const { t } = useTranslation();
  const { host } = new URL(address);
  return (
    <Stack align="center" py="xl">
      <Text ta="center" maw="30rem">
        {t("You meet at {host}. Keep this page open during the session: it records that you’re there.", {
          host,
        })}
      </Text>
      <Button component="a" href={address} target="_blank" rel="noopener noreferrer" size="md">
        {t("Open {host}", { host })}
      </Button>
    </Stack>
  );
}
