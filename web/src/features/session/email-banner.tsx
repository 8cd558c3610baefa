import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Intent } from "@/lib/api/intent";
import { useSession } from "@/lib/api/session";
import { sendVerification } from "./recovery";

/** Reminds of an address that is not confirmed yet, and sends the mail again. */
export function EmailBanner() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  const { pathname } = useLocation();
  const [intent] = useState(() => new Intent());
  const send = useMutation({
    mutationFn: () => intent.run(null, sendVerification),
    onSuccess: () => notifySuccess(t("The e-mail is on its way.")),
    onError: notifyError,
  });
  if (!user || user.email_verified || pathname === "/verify-email") return null;
  return (
    <aside
      aria-label={t("E-mail address")}
      style={{ maxWidth: "var(--cc-width)", margin: "1rem auto 0", padding: "0 1rem" }}
    >
      <Note kind="wait" title={t("Please confirm your e-mail address")}>
        <p>
          {t("We’ve sent a link to {email}.", { email: user.email })}{" "}
          <Button
            size="compact-sm"
            variant="default"
            loading={send.isPending}
            disabled={send.isSuccess}
            onClick={() => send.mutate()}
          >
            {t("Send it again")}
          </Button>
        </p>
      </Note>
    </aside>
  );
}
