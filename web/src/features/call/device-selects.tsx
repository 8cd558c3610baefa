import { Button, NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SpeakerIcon } from "@/components/ui/icons";
import { LevelMeter } from "./level-meter";
import type { Kind, LocalMedia, MediaState } from "./media";
import { playTestTone } from "./sound";

type Props = { media: LocalMedia; state: MediaState };

/** Which camera, microphone and speaker to use; a meter and a tone to try them. */
export function DeviceSelects({ media, state }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Choice kind="camera" label={t("Camera")} media={media} state={state} />
      <div>
        <Choice kind="microphone" label={t("Microphone")} media={media} state={state} />
        <div style={{ marginTop: "0.5rem" }}>
          <LevelMeter track={state.on.microphone ? state.tracks.microphone : null} />
        </div>
      </div>
      <Speaker media={media} state={state} />
    </Stack>
  );
}

function Choice({ kind, label, media, state }: Props & { kind: Kind; label: string }) {
  const { t } = useTranslation();
  const devices = state.devices.filter(
    (one) => one.kind === (kind === "camera" ? "videoinput" : "audioinput"),
  );
  return (
    <NativeSelect
      label={label}
      value={media.chosen(kind)}
      disabled={devices.length === 0}
      data={devices.length ? options(devices, label) : [{ value: "", label: t("None found") }]}
      onChange={(event) => void media.choose(kind, event.currentTarget.value)}
    />
  );
}

function Speaker({ media, state }: Props) {
  const { t } = useTranslation();
  const [playing, setPlaying] = useState(false);
  const speakers = state.devices.filter((one) => one.kind === "audiooutput");
  const play = () => {
    setPlaying(true);
    void playTestTone(state.speaker).finally(() => setPlaying(false));
  };
  return (
    <>
      {speakers.length > 0 && (
        <NativeSelect
          label={t("Speaker")}
          value={state.speaker}
          data={[{ value: "", label: t("Browser default") }, ...options(speakers, t("Speaker"))]}
          onChange={(event) => media.chooseSpeaker(event.currentTarget.value)}
        />
      )}
      <Button
        variant="default"
        leftSection={<SpeakerIcon />}
        onClick={play}
        loading={playing}
        style={{ alignSelf: "start" }}
      >
        {t("Play a test tone")}
      </Button>
    </>
  );
}

/** Browsers name devices only once they may be used. */
function options(devices: MediaDeviceInfo[], label: string) {
  return devices.map((one, index) => ({
    value: one.deviceId,
    label: one.label || `${label} ${index + 1}`,
  }));
}
