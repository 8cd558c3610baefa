import {
  ActionIcon,
  Burger,
  Button,
  Skeleton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { Suspense, lazy, useState } from "react";
import { Link, NavLink, useLocation, useNavigate } from "react-router";
import { LogoutIcon, MoonIcon, SunIcon } from "@/components/ui/icons";
import { notifyError } from "@/components/ui/notify";
import { fullName } from "@/components/ui/person";
import { Waiting } from "@/features/booking/waiting";
import { type User, logOut, useSession } from "@/lib/api/session";
import classes from "./header.module.css";

/** Visitors have nothing to be notified of: their first page comes without it. */
const Bell = lazy(() => import("@/features/notification/bell").then((file) => ({ default: file.Bell })));

const LINKS: Record<User["role"], [path: string, label: string][]> = {
  seeker: [
    ["/find", "Find an expert"],
    ["/dashboard", "My bookings"],
    ["/history", "Payments"],
    ["/settings/payment", "My card"],
  ],
  consultant: [
    ["/dashboard", "Bookings"],
    ["/availability", "Availability"],
    ["/profile", "Profile"],
    ["/payouts", "Payouts"],
    ["/find", "Directory"],
  ],
};

export function Header() {
  const { status, user } = useSession();
  const { pathname } = useLocation();
  // Opened for one page: going elsewhere closes the menu.
  const [openAt, setOpenAt] = useState<string | null>(null);
  const open = openAt === pathname;
  return (
    <header className={classes.header}>
      <div className={classes.bar}>
        <Link to="/" className={classes.brand}>
          <Mark />
          <span>Consultant Connect</span>
        </Link>
        <Burger
          className={classes.burger}
          opened={open}
          size="sm"
          onClick={() => setOpenAt(open ? null : pathname)}
          aria-label={open ? "Close the menu" : "Open the menu"}
          aria-expanded={open}
          aria-controls="menu"
        />
        <div id="menu" className={classes.menu} data-open={open || undefined}>
          <nav aria-label="Main" className={classes.links}>
            {(user ? LINKS[user.role] : ([["/find", "Find an expert"]] as const)).map(([path, label]) => (
              <NavLink key={path} to={path} className={classes.link ?? ""}>
                {label}
                {path === "/dashboard" && user && <Waiting role={user.role} />}
              </NavLink>
            ))}
          </nav>
          <div className={classes.end}>
            <SchemeButton />
            {status === "unknown" ? (
              <Skeleton width={120} height={36} />
            ) : user ? (
              <SignedIn user={user} />
            ) : (
              <SignedOut />
            )}
          </div>
        </div>
      </div>
    </header>
  );
}

function SignedIn({ user }: { user: User }) {
  const navigate = useNavigate();
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    setLeaving(true);
    // First away from pages that would ask to log in again.
    await navigate("/", { flushSync: true });
    await logOut().catch(() =>
      notifyError(
        "You’re logged out on this device. We’ll end the session on the server when we can reach it.",
      ),
    );
  };
  return (
    <>
      <Suspense fallback={<span className={classes.bell} />}>
        <Bell />
      </Suspense>
      <NavLink to="/account" className={classes.link ?? ""}>
        <span className={classes.name}>{fullName(user)}</span>
      </NavLink>
      <Button
        variant="default"
        leftSection={<LogoutIcon size={18} />}
        loading={leaving}
        onClick={() => void leave()}
      >
        Log out
      </Button>
    </>
  );
}

function SignedOut() {
  const { pathname, search } = useLocation();
  const back = ["/", "/login", "/register"].includes(pathname)
    ? ""
    : `?next=${encodeURIComponent(pathname + search)}`;
  return (
    <>
      <Button component={Link} to={`/login${back}`} variant="default">
        Log in
      </Button>
      <Button component={Link} to={`/register${back}`}>
        Sign up
      </Button>
    </>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      className={classes.scheme}
      aria-label={dark ? "Use the light theme" : "Use the dark theme"}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}

function Mark() {
  return (
    <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f6b60" />
      <path
        d="M20.6 11.4a6.5 6.5 0 1 0 0 9.2"
        fill="none"
        stroke="#fff"
        strokeWidth="3.2"
        strokeLinecap="round"
      />
      <circle cx="22.6" cy="16" r="2.6" fill="#ffc27a" />
    </svg>
  );
}
