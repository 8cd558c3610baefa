import { Popover, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Verified } from "@/components/ui/verified";
import classes from "./verified-note.module.css";

/** The mark of a verified expert; pressing it says what it means. */
export function VerifiedNote({ firstName }: { firstName: string }) {
  const { t } = useTranslation();
  return (
    <Popover width={280} position="bottom-start" withArrow shadow="md">
      <Popover.Target>
        <UnstyledButton className={classes.button ?? ""} aria-label={t("Verified: what this means")}>
          <Verified />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {t(
          "{name} has confirmed their e-mail address, and Stripe, our payment provider, has checked who they are.",
          { name: firstName },
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
