import {
  ActionIcon,
  Burger,
  Button,
  Skeleton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink, useLocation, useNavigate } from "react-router";
import { Nothing, lazyPart } from "@/components/ui/lazy-part";
import { LogoutIcon, MoonIcon, SunIcon } from "@/components/ui/icons";
import { notifyError } from "@/components/ui/notify";
import { Avatar, fullName } from "@/components/ui/person";
import { Waiting } from "@/features/booking/waiting";
import { useExpertPhoto } from "@/features/directory/expert-photo";
import { logOut } from "@/lib/api/log-out";
import { type User, useSession } from "@/lib/api/session";
import { msg } from "@/lib/i18n/i18n";
import { Brand } from "./brand";
import classes from "./header.module.css";

/** Visitors have nothing to be notified of: their first page comes without it. */
const Bell = lazyPart(
  () => import("@/features/notification/bell").then((file) => ({ default: file.Bell })),
  Nothing,
);

const LINKS: Record<User["role"], [path: string, label: string][]> = {
  seeker: [
    ["/find", msg("Find an expert")],
    ["/favourites", msg("Favourites")],
    ["/dashboard", msg("My bookings")],
    ["/history", msg("Payments")],
    ["/settings/payment", msg("My card")],
  ],
  consultant: [
    ["/dashboard", msg("Bookings")],
    ["/availability", msg("Availability")],
    ["/profile", msg("Profile")],
    ["/payouts", msg("Payouts")],
    ["/find", msg("Directory")],
  ],
};

export function Header() {
  const { status, user } = useSession();
  const { t } = useTranslation();
  const { pathname } = useLocation();
  // Opened for one page: going elsewhere closes the menu.
  const [openAt, setOpenAt] = useState<string | null>(null);
  const open = openAt === pathname;
  return (
    <header className={`unprinted ${classes.header}`}>
      <div className={classes.bar}>
        <Link to="/" className={classes.brand}>
          <Brand />
        </Link>
        <Burger
          className={classes.burger}
          opened={open}
          size="sm"
          onClick={() => setOpenAt(open ? null : pathname)}
          aria-label={open ? t("Close the menu") : t("Open the menu")}
          aria-expanded={open}
          aria-controls="menu"
        />
        <div id="menu" className={classes.menu} data-open={open || undefined}>
          <nav aria-label={t("Main")} className={classes.links}>
            {(user ? LINKS[user.role] : ([["/find", msg("Find an expert")]] as const)).map(
              ([path, label]) => (
                <NavLink key={path} to={path} className={classes.link ?? ""}>
                  {t(label)}
                  {path === "/dashboard" && user && <Waiting role={user.role} />}
                </NavLink>
              ),
            )}
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
  const { t } = useTranslation();
  const photo = useExpertPhoto(user.role === "consultant" ? user.id : null);
  const leave = useLogOut();
  return (
    <>
      <Suspense fallback={<span className={classes.bell} />}>
        <Bell />
      </Suspense>
      <NavLink to="/account" className={classes.link ?? ""} title={fullName(user)}>
        <Avatar person={{ ...user, photo_url: photo }} size={28} />
        <span className={classes.name}>{fullName(user)}</span>
      </NavLink>
      <Button variant="default" className={classes.out ?? ""} title={t("Log out")} onClick={leave}>
        <LogoutIcon size={18} />
        <span className={classes.outWords}>{t("Log out")}</span>
      </Button>
    </>
  );
}

/**
 * Logs out on the start page: pages that need an account would ask to log in again. The page that is left may hold
 * unsaved changes and ask first (`LeaveGuard`), so the wish travels with the navigation and is carried out where it ends.
 */
function useLogOut(): () => void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const arrived = (useLocation().state as { logOut?: boolean } | null)?.logOut === true;
  useEffect(() => {
    if (!arrived) return;
    // Coming back to this entry of the history must not log out again.
    void navigate("/", { replace: true, state: null });
    // Not in this task: the page that was left may still say goodbye in its own, a call for one, and is signed in for that.
    setTimeout(() => {
      logOut().catch(() =>
        notifyError(
          t("You’re logged out on this device. We’ll end the session on the server when we can reach it."),
        ),
      );
    });
  }, [arrived, navigate, t]);
  return () => void navigate("/", { flushSync: true, state: { logOut: true } });
}

/** Where links in mails lead, and the way to them: nothing is left to do there once one is signed in. */
const RECOVERY = ["/forgot-password", "/reset-password", "/verify-email"];

/** The query that tells log-in and registration where to go afterwards. */
function wayBack(pathname: string, search: string): string {
  // Each hands on its own to the other.
  if (pathname === "/login" || pathname === "/register") return search;
  if (pathname === "/" || RECOVERY.includes(pathname)) return "";
  return `?next=${encodeURIComponent(pathname + search)}`;
}

function SignedOut() {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const back = wayBack(pathname, search);
  return (
    <>
      <Button component={Link} to={`/login${back}`} variant="default">
        {t("Log in")}
      </Button>
      <Button component={Link} to={`/register${back}`}>
        {t("Sign up")}
      </Button>
    </>
  );
}

function SchemeButton() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      className={classes.scheme}
      aria-label={dark ? t("Use the light theme") : t("Use the dark theme")}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
