import { Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { MicOffIcon } from "@/components/ui/icons";
import { Avatar } from "@/components/ui/person";
import type { Booking } from "@/features/booking/api";
import type { Call, CallState } from "./call";
import { CallControls } from "./call-controls";
import classes from "./call-room.module.css";
import type { LocalMedia, MediaState } from "./media";
import { MediaProblems } from "./media-problems";
import { QualityBadge } from "./quality-badge";
import { useFigures } from "./use-figures";
import { Video } from "./video";

type Props = {
  other: Booking["seeker"];
  call: Call;
  state: CallState;
  media: LocalMedia;
  local: MediaState;
  onLeave: () => void;
};

/** The call: the other party large, one's own picture in a corner, the controls, and problems of devices below. */
export function CallRoom({ other, call, state, media, local, onLeave }: Props) {
  const { t } = useTranslation();
  const stage = useRef<HTMLDivElement>(null);
  const figures = useFigures(call, state.status === "connected");
  const sending = state.remoteSending;
  const shows = state.status === "connected" && sending !== null && (sending.camera || sending.screen);
  const { first_name: name } = other;
  const muted = state.status === "connected" && sending !== null && !sending.microphone;
  return (
    <div className={classes.room}>
      <div className={classes.stage} ref={stage}>
        <Video
          label={sending?.screen ? t("{name}’s screen", { name }) : t("{name}’s camera", { name })}
          video={state.remote.video}
          audio={state.remote.audio}
          speaker={local.speaker}
          whole={sending?.screen ?? false}
          hidden={!shows}
        />
        {/* Always there: a live region that appears together with its text is not read out. */}
        <div role="status" className={shows ? "unseen" : classes.nobody}>
          {shows ? (
            t("Connected to {name}.", { name })
          ) : (
            <>
              <Avatar person={other} size={96} />
              <Text>{statusLine(t, state, name)}</Text>
            </>
          )}
        </div>
        <div className={classes.facts}>
          {shows && <span>{name}</span>}
          <div role="status">
            {muted && (
              <span className={classes.muted}>
                <MicOffIcon size={16} /> {t("{name} is muted", { name })}
              </span>
            )}
          </div>
          {figures && <QualityBadge figures={figures} />}
        </div>
        <div className={classes.self}>
          {(local.tracks.screen ?? local.tracks.camera) ? (
            <Video
              label={local.tracks.screen ? t("Your screen") : t("Your camera")}
              video={local.tracks.screen ?? local.tracks.camera}
              mirrored={!local.tracks.screen}
              whole={local.tracks.screen !== null}
            />
          ) : (
            <small>{t("Your camera is off")}</small>
          )}
          {!(local.on.microphone && local.tracks.microphone) && (
            <span className={classes.mark}>
              <MicOffIcon size={14} />
              <span className="unseen">{t("You’re muted")}</span>
            </span>
          )}
        </div>
        <CallControls stage={stage} media={media} local={local} onLeave={onLeave} pictured={shows} />
      </div>
      <MediaProblems media={media} state={local} joined />
    </div>
  );
}

/** Why there is no picture of the other. */
function statusLine(t: TFunction, { status, otherLeft }: CallState, name: string): string {
  if (status === "connected") return t("{name}’s camera is off", { name });
  if (status === "connecting") return t("Connecting to {name}…", { name });
  if (status === "reconnecting") return t("The connection was lost. Trying to get it back…");
  return otherLeft
    ? t("{name} has left the call. You’ll be reconnected when they come back.", { name })
    : t("Waiting for {name} to join the call…", { name });
}
