/** The app's icons: 24 px outlines in the text's colour. They decorate; the words beside them say what is meant. */
import type { ReactNode } from "react";

type Props = { size?: number };

function icon(shape: ReactNode, filled = false, mirrored = false) {
  return function Icon({ size = 20 }: Props) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill={filled ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth={1.75}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
        data-mirrored={mirrored || undefined}
      >
        {shape}
      </svg>
    );
  };
}

const STAR = "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z";

export const SearchIcon = icon(<path d="M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4" />);
export const CalendarIcon = icon(<path d="M5 6h14v14H5zM5 10h14M9 3v4M15 3v4" />);
export const ClockIcon = icon(<path d="M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l2.5 2" />);
export const CardIcon = icon(<path d="M3 6h18v12H3zM3 10h18M7 15h3" />);
export const WalletIcon = icon(<path d="M4 7h14v-3H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h14V7zM16 13.5h.01" />);
export const UserIcon = icon(
  <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c.6-3.4 3.4-5 7-5s6.4 1.6 7 5" />,
);
const HEART = "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20z";

export const HeartIcon = icon(<path d={HEART} />, true);
export const HeartLineIcon = icon(<path d={HEART} />);
export const StarIcon = icon(<path d={STAR} />, true);
export const StarLineIcon = icon(<path d={STAR} />);
export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const AlertIcon = icon(<path d="M12 4l9 16H3zM12 10v4M12 17h.01" />);
export const InfoIcon = icon(<path d="M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01" />);
export const SunIcon = icon(
  <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1M12 20v1M3 12h1M20 12h1M5.6 5.6l.7.7M17.7 17.7l.7.7M5.6 18.4l.7-.7M17.7 6.3l.7-.7" />,
);
export const MoonIcon = icon(<path d="M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z" />);
/** Back and forth in the direction of reading: mirrored where that is from right to left. */
export const LeftIcon = icon(<path d="M15 6l-6 6 6 6" />, false, true);
export const RightIcon = icon(<path d="M9 6l6 6-6 6" />, false, true);
export const DownIcon = icon(<path d="M6 9l6 6 6-6" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const TrashIcon = icon(<path d="M5 7h14M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3" />);
export const PlayIcon = icon(<path d="M8 5v14l11-7z" />, true);
export const StopIcon = icon(<path d="M7 7h10v10H7z" />, true);
export const DownloadIcon = icon(<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />);
export const PrinterIcon = icon(<path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z" />);
export const ShieldIcon = icon(<path d="M12 3l7 3v6c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6zM9 12l2 2 4-4" />);
export const VerifiedIcon = icon(
  <path d="M12 3l2.300 1.800 2.900-.2.8 2.800 2.400 1.600-1 2.700 1 2.700-2.400 1.600-.8 2.800-2.900-.2L12 20.400l-2.300-1.800-2.900.2-.8-2.800-2.400-1.600 1-2.700-1-2.700L6 7.400l.8-2.800 2.900.2zM8.500 11.800l2.500 2.500 4.500-4.800" />,
);
export const GlobeIcon = icon(
  <path d="M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8z" />,
);
export const NewTabIcon = icon(<path d="M10 6H5v13h13v-5M14 4h6v6M20 4l-9 9" />, false, true);
export const LogoutIcon = icon(<path d="M14 8V5H5v14h9v-3M10 12h11M18 9l3 3-3 3" />, false, true);
export const BankIcon = icon(<path d="M4 9l8-5 8 5zM6 9v8M10 9v8M14 9v8M18 9v8M4 20h16" />);
export const BellIcon = icon(<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2 2 0 0 0 4 0" />);
export const ChatIcon = icon(<path d="M5 5h14v11H10l-5 4z" />);
export const MicIcon = icon(
  <path d="M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4" />,
);
export const MicOffIcon = icon(
  <path d="M4 4l16 16M9 9v3a3 3 0 0 0 4.5 2.6M15 11V6a3 3 0 0 0-5.8-1M6 11a6 6 0 0 0 9.5 4.9M18 11c0 .8-.2 1.600-.5 2.300M12 17v4" />,
);
export const VideoIcon = icon(<path d="M3 7h12v10H3zM15 11l6-4v10l-6-4" />);
export const VideoOffIcon = icon(<path d="M4 4l16 16M15 15v2H3V7h4M11 7h4v4l6-4v9" />);
export const ScreenIcon = icon(
  <path d="M3 5h18v11H3zM8 20h8M12 16v4M12 13V8M9.500 10.500L12 8l2.500 2.500" />,
);
export const PictureIcon = icon(<path d="M3 5h18v14H3zM12 12h6v4h-6z" />);
export const HangUpIcon = icon(
  <path d="M3 14c0-2.500 4-5 9-5s9 2.500 9 5v2h-5v-2.500a14 14 0 0 0-8 0V16H3z" />,
);
export const SettingsIcon = icon(<path d="M4 7h10M18 7h2M16 5v4M4 17h2M10 17h10M8 15v4M4 12h16" />);
export const SpeakerIcon = icon(<path d="M4 9v6h4l5 4V5L8 9zM16.500 9a4 4 0 0 1 0 6" />);
