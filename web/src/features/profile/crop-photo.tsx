import { Button, Slider, Stack, Text } from "@mantine/core";
import { useState } from "react";
import Cropper from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";
import { useTranslation } from "react-i18next";
import { DialogActions } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/note";
import { type Area, cutOut } from "./crop";
import classes from "./photo-editor.module.css";

export type Props = {
  picture: HTMLImageElement;
  busy: boolean;
  problem: string | null;
  onCancel: () => void;
  onCropped: (photo: Blob) => void;
};

/** Moves and enlarges a picture under a round window: by hand, wheel, fingers, arrow keys and a slider. */
export default function CropPhoto({ picture, busy, problem, onCancel, onCropped }: Props) {
  const { t } = useTranslation();
  const [crop, setCrop] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  const [area, setArea] = useState<Area | null>(null);
  const [failed, setFailed] = useState(false);
  const cut = (part: Area) => {
    setFailed(false);
    cutOut(picture, part).then(onCropped, () => setFailed(true));
  };
  return (
    <Stack>
      <div className={classes.stage}>
        <Cropper
          image={picture.src}
          crop={crop}
          zoom={zoom}
          aspect={1}
          cropShape="round"
          showGrid={false}
          disableAutomaticStylesInjection
          mediaProps={{ alt: "" }}
          cropperProps={{ "aria-label": t("Part of the photo that is shown; move it with the arrow keys") }}
          onCropChange={setCrop}
          onZoomChange={setZoom}
          onCropComplete={(_, pixels) => setArea(pixels)}
        />
      </div>
      <div>
        <Text size="sm" id="zoom">
          {t("Zoom")}
        </Text>
        <Slider
          min={1}
          max={3}
          step={0.05}
          label={null}
          value={zoom}
          onChange={setZoom}
          thumbProps={{ "aria-labelledby": "zoom" }}
        />
      </div>
      <ErrorNote error={failed ? t("This picture can’t be read. Please choose another one.") : problem} />
      <DialogActions busy={busy}>
        <Button variant="default" disabled={busy} onClick={onCancel}>
          {t("Cancel")}
        </Button>
        <Button loading={busy} disabled={area === null} onClick={() => area && cut(area)}>
          {t("Save photo")}
        </Button>
      </DialogActions>
    </Stack>
  );
}
