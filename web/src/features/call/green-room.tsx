import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MicIcon, MicOffIcon, VideoIcon, VideoOffIcon } from "@/components/ui/icons";
import { Note } from "@/components/ui/note";
import { sentence } from "@/lib/api/problem";
import { CallButton } from "./call-button";
import { DeviceSelects } from "./device-selects";
import classes from "./green-room.module.css";
import type { LocalMedia, MediaState } from "./media";
import { MediaProblems } from "./media-problems";
import { TakeOver } from "./take-over";
import type { Participation } from "./use-call";
import { Video } from "./video";

type Props = { name: string; media: LocalMedia; state: MediaState; participation: Participation };

/** Before the call: how one looks and sounds, and with which devices. Nobody else sees or hears it. */
export function GreenRoom({ name, media, state, participation }: Props) {
  const { t } = useTranslation();
  const { join, joining, elsewhere, error } = participation;
  const enter = () => {
    void join();
  };
  if (!state.asked)
    return (
      <div className={classes.invitation}>
        <span className={classes.badge}>
          <VideoIcon size={32} />
        </span>
        <Text fw={600} size="lg">
          {t("Talk to {name} here", { name })}
        </Text>
        <Text c="dimmed" maw="28rem">
          {t(
            "Check your camera and microphone first. Nobody can see or hear you yet, and nothing is recorded.",
          )}
        </Text>
        <Button size="md" onClick={() => void media.open()}>
          {t("Set up camera and microphone")}
        </Button>
      </div>
    );
  return (
    <div className={classes.room}>
      <div className={classes.preview}>
        {state.tracks.camera ? (
          <Video label={t("Your camera")} video={state.tracks.camera} mirrored />
        ) : (
          <Text className={classes.off ?? ""}>
            {state.busy ? t("Waiting for the browser’s permission…") : t("Your camera is off")}
          </Text>
        )}
        <Group className={classes.buttons ?? ""} gap="xs">
          <CallButton
            label={state.on.microphone ? t("Mute microphone") : t("Unmute microphone")}
            off={!state.on.microphone}
            onClick={() => void media.turn("microphone", !state.on.microphone)}
          >
            {state.on.microphone ? <MicIcon /> : <MicOffIcon />}
          </CallButton>
          <CallButton
            label={state.on.camera ? t("Turn camera off") : t("Turn camera on")}
            off={!state.on.camera}
            onClick={() => void media.turn("camera", !state.on.camera)}
          >
            {state.on.camera ? <VideoIcon /> : <VideoOffIcon />}
          </CallButton>
        </Group>
      </div>
      <Stack gap="md">
        <MediaProblems media={media} state={state} />
        <DeviceSelects media={media} state={state} />
        {error !== null && (
          <Note kind="bad" live>
            {sentence(error)}
          </Note>
        )}
        {elsewhere ? (
          <TakeOver onMove={() => void join(true)} />
        ) : (
          <Group>
            <Button size="md" loading={joining} disabled={state.busy} onClick={enter}>
              {t("Join the call")}
            </Button>
            {state.on.camera && (
              <Button
                variant="default"
                size="md"
                disabled={joining}
                onClick={() => void media.turn("camera", false).then(enter)}
              >
                {t("Join without video")}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </div>
  );
}
