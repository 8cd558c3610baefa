import { Popover } from "@mantine/core";
import { type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  HangUpIcon,
  MicIcon,
  MicOffIcon,
  PictureIcon,
  ScreenIcon,
  SettingsIcon,
  VideoIcon,
  VideoOffIcon,
} from "@/components/ui/icons";
import { WITHIN_WINDOW } from "@/components/ui/within-window";
import { CallButton } from "./call-button";
import classes from "./call-controls.module.css";
import { DeviceSelects } from "./device-selects";
import type { LocalMedia, MediaState } from "./media";

type Props = {
  stage: RefObject<HTMLDivElement | null>;
  media: LocalMedia;
  local: MediaState;
  /** Whether there is a picture of the other that can be put in a window of its own. */
  pictured: boolean;
  onLeave: () => void;
};

/** Microphone, camera, screen, picture in picture, devices, and the way out. */
export function CallControls({ stage, media, local, pictured, onLeave }: Props) {
  const { t } = useTranslation();
  const speaks = local.on.microphone && local.tracks.microphone !== null;
  const films = local.tracks.camera !== null;
  const shares = local.tracks.screen !== null;
  return (
    <div className={classes.controls} role="group" aria-label={t("Call")}>
      <CallButton
        label={speaks ? t("Mute microphone") : t("Unmute microphone")}
        off={!speaks}
        onClick={() => void media.turn("microphone", !speaks)}
      >
        {speaks ? <MicIcon /> : <MicOffIcon />}
      </CallButton>
      <CallButton
        label={films ? t("Turn camera off") : t("Turn camera on")}
        off={!films}
        onClick={() => void media.turn("camera", !films)}
      >
        {films ? <VideoIcon /> : <VideoOffIcon />}
      </CallButton>
      {media.canShareScreen && (
        <CallButton
          label={shares ? t("Stop sharing the screen") : t("Share the screen")}
          on={shares}
          onClick={() => (shares ? media.stopScreen() : void media.shareScreen())}
        >
          <ScreenIcon />
        </CallButton>
      )}
      {pictured && document.pictureInPictureEnabled && (
        <CallButton label={t("Picture in picture")} onClick={() => void togglePicture(stage.current)}>
          <PictureIcon />
        </CallButton>
      )}
      <Devices media={media} local={local} />
      <CallButton label={t("Leave the call")} danger onClick={onLeave}>
        <HangUpIcon />
      </CallButton>
    </div>
  );
}

function Devices({ media, local }: Pick<Props, "media" | "local">) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      {...WITHIN_WINDOW}
      opened={open}
      onChange={setOpen}
      width={300}
      position="top"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <span>
          <CallButton label={t("Devices")} onClick={() => setOpen(!open)}>
            <SettingsIcon />
          </CallButton>
        </span>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("Devices")}>
        <DeviceSelects media={media} state={local} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** The other's picture in a window of its own, above all others, or back. */
async function togglePicture(stage: HTMLElement | null): Promise<void> {
  const video = stage?.querySelector("video");
  if (document.pictureInPictureElement) await document.exitPictureInPicture().catch(() => undefined);
  else await video?.requestPictureInPicture().catch(() => undefined);
}
