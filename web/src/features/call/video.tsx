import { useEffect, useRef } from "react";
import classes from "./video.module.css";

type Props = {
  label: string;
  video: MediaStreamTrack | null;
  /** Played along; one's own voice is not. */
  audio?: MediaStreamTrack | null;
  speaker?: string;
  /** One's own camera is shown as in a mirror. */
  mirrored?: boolean;
  /** All of the picture, however it is shaped: a screen must stay readable. */
  whole?: boolean;
  hidden?: boolean;
};

/** Tracks as they come. */
export function Video({ label, video, audio = null, speaker = "", mirrored, whole, hidden }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!element.current) return;
    const tracks = [video, audio].filter((track) => track !== null);
    element.current.srcObject = tracks.length ? new MediaStream(tracks) : null;
    // Refused only where nobody has touched the page yet; joining is a touch.
    if (tracks.length) element.current.play().catch(() => undefined);
  }, [video, audio]);
  useEffect(() => {
    const player: (HTMLVideoElement & { setSinkId?: (id: string) => Promise<void> }) | null = element.current;
    player?.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  return (
    // A live conversation has no captions.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      ref={element}
      className={classes.video}
      aria-label={label}
      autoPlay
      playsInline
      muted={audio === null}
      hidden={hidden}
      data-mirrored={mirrored || undefined}
      data-whole={whole || undefined}
    />
  );
}
