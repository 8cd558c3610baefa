import { Skeleton } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { EmailBanner } from "@/features/session/email-banner";
import { OfflineNote } from "./offline-note";
import { Footer } from "./footer";
import { Header } from "./header";
import classes from "./layout.module.css";

/** Header, page, footer; moves the focus to the page when it changes, as a page load would. */
export function Layout() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  const going = useNavigation().state !== "idle";
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={classes.app}>
      <a href="#main" className={classes.skip}>
        {t("Skip to the content")}
      </a>
      <Header />
      <div className={classes.progress} data-going={going || undefined} aria-hidden="true" />
      <div className="unprinted">
        <OfflineNote />
        <EmailBanner />
      </div>
      <main id="main" tabIndex={-1} ref={main} className={classes.main}>
        <Outlet />
      </main>
      <Footer />
      <ScrollRestoration />
    </div>
  );
}

/** Where a page will be. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <div className={classes.loading} role="status" aria-label={t("Loading")}>
      <Skeleton height={36} width="40%" mb="lg" />
      <Skeleton height={120} mb="md" radius="lg" />
      <Skeleton height={120} mb="md" radius="lg" />
      <Skeleton height={120} radius="lg" />
    </div>
  );
}
