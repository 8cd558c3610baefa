import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { useSession } from "@/lib/api/session";
import { sendVerification } from "./recovery";

/** What a mail may take to arrive: before that nobody should ask for another. */
const RESEND_AFTER_MS = 60_000;

/** Reminds of an address that is not confirmed yet, and sends the mail again. */
export function EmailBanner() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  const { pathname } = useLocation();
  if (!user || user.email_verified || pathname === "/verify-email") return null;
  return (
    <aside
      aria-label={t("E-mail address")}
      style={{ maxWidth: "var(--cc-width)", margin: "1rem auto 0", padding: "0 var(--cc-gutter)" }}
    >
      <Note kind="wait" title={t("Please confirm your e-mail address")}>
        <p>
          {t("We’ve sent a link to {email}.", { email: user.email })} <SendAgain key={user.email} />
        </p>
      </Note>
    </aside>
  );
}

function SendAgain() {
  const { t } = useTranslation();
  const [intent] = useState(() => new Intent());
  const { mutate, reset, isPending, isSuccess } = useMutation({
    mutationFn: () => intent.run(null, sendVerification),
    onSuccess: () => notifySuccess(t("The e-mail is on its way.")),
    onError: notifyError,
  });
  useEffect(() => {
    if (!isSuccess) return;
    const timer = setTimeout(reset, RESEND_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isSuccess, reset]);
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isPending}
      disabled={isSuccess}
      onClick={() => mutate()}
    >
      {t("Send it again")}
    </Button>
  );
}
