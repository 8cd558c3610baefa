import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Note } from "@/components/ui/note";
import { msg } from "@/lib/i18n/i18n";
import type { Kind, LocalMedia, MediaProblem, MediaState } from "./media";

const PROBLEMS: Record<Kind, Record<MediaProblem, string>> = {
  camera: {
    refused: msg("The browser isn’t allowed to use your camera."),
    missing: msg("No camera was found."),
    busy: msg("Another app is using your camera."),
    unsupported: msg("This browser can’t use a camera on this page."),
    failed: msg("Your camera could not be started."),
  },
  microphone: {
    refused: msg("The browser isn’t allowed to use your microphone."),
    missing: msg("No microphone was found."),
    busy: msg("Another app is using your microphone."),
    unsupported: msg("This browser can’t use a microphone on this page."),
    failed: msg("Your microphone could not be started."),
  },
};

const WAYS: Record<MediaProblem, string> = {
  refused: msg("Allow it with the icon at the left of the address bar, then try again."),
  missing: msg("Connect one and it will be used automatically."),
  busy: msg("Close that app, then try again."),
  unsupported: msg("Try a current version of Firefox, Chrome, Edge or Safari, over HTTPS."),
  failed: msg("Try again, or choose another device."),
};

type Props = {
  media: LocalMedia;
  state: MediaState;
  /** Whether the call has been joined already. */
  joined?: boolean;
};

/** What is wrong with a device, and the way out of it. */
export function MediaProblems({ media, state, joined = false }: Props) {
  const { t } = useTranslation();
  const kinds: Kind[] = ["microphone", "camera"];
  const found = kinds.flatMap((kind) => {
    const problem = state.problems[kind];
    return problem && state.on[kind] ? [{ kind, problem }] : [];
  });
  if (found.length === 0) return null;
  return (
    <Note kind="wait" live>
      {found.map(({ kind, problem }) => (
        <p key={kind}>
          <strong>{t(PROBLEMS[kind][problem])}</strong> {t(WAYS[problem])}
        </p>
      ))}
      {!joined && <p>{t("You can join without it. The other person will see that it’s off.")}</p>}
      <Button variant="default" size="xs" loading={state.busy} onClick={() => void media.open()}>
        {t("Try again")}
      </Button>
    </Note>
  );
}
