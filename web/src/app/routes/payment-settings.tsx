import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "@/components/ui/lazy-part";
import { Failure } from "@/components/ui/failure";
import { CardIcon, ShieldIcon } from "@/components/ui/icons";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Note } from "@/components/ui/note";
import { notifyError, notifySuccess } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { type CardOnFile, fetchCard, removeCard } from "@/features/payment/api";
import { serverNow } from "@/lib/clock";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { dayLabel } from "@/lib/time";
import classes from "./payment-settings.module.css";

const CardForm = lazyPart(() => import("@/features/payment/card-form"));

export function Component() {
  const { t } = useTranslation();
  const card = useQuery({ queryKey: keys.payments.card, queryFn: fetchCard });
  const [editing, setEditing] = useState(false);
  return (
    <Page
      title={t("My card")}
      lead={t("Your sessions are charged to this card after they take place.")}
      narrow
    >
      <Stack data-rows>
        {card.isPending && <Skeleton height={140} radius={14} />}
        {card.isLoadingError && <Failure error={card.error} retry={() => void card.refetch()} />}
        {card.data && <OnFile card={card.data} editing={editing} onReplace={() => setEditing(true)} />}
        {(card.data === null || (card.data && editing)) && (
          <section className="card" aria-labelledby="new-card">
            <h2 id="new-card" className={classes.heading} tabIndex={-1} data-row-add>
              {card.data ? t("Replace the card") : t("Add a card")}
            </h2>
            <Suspense fallback={<Skeleton height={220} />}>
              <CardForm
                onSaved={() => setEditing(false)}
                {...(card.data ? { onCancel: () => setEditing(false) } : {})}
              />
            </Suspense>
          </section>
        )}
        <p className={classes.safe}>
          <ShieldIcon size={18} />
          {t(
            "Card details go straight to Stripe, our payment provider. We only ever see the last four digits.",
          )}
        </p>
      </Stack>
    </Page>
  );
}

function OnFile({ card, editing, onReplace }: { card: CardOnFile; editing: boolean; onReplace: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const now = new Date(serverNow());
  const over = card.exp_year * 12 + card.exp_month < now.getFullYear() * 12 + now.getMonth() + 1;
  return (
    <section className="card" aria-label={t("Card on file")}>
      <div className={classes.onFile}>
        <div className={classes.plastic} aria-hidden="true">
          <CardIcon size={26} />
          <span>•••• {card.last4}</span>
        </div>
        <div className={classes.facts}>
          <strong>
            {t("{brand} ending in {digits}", { brand: brandName(card.brand), digits: card.last4 })}
          </strong>
          <span>{t("Expires {month}", { month: monthOfExpiry(card) })}</span>
        </div>
        <Group gap="xs">
          <Button variant="default" onClick={onReplace} disabled={editing}>
            {t("Replace")}
          </Button>
          <Button variant="default" className="danger" data-row onClick={() => setAsking(true)}>
            {t("Remove")}
          </Button>
        </Group>
      </div>
      {over && (
        <div className={classes.over}>
          <Note kind="bad">{t("This card has expired. Replace it before your next session.")}</Note>
        </div>
      )}
      <Dialog opened={asking} onClose={() => setAsking(false)} title={t("Remove this card?")}>
        <RemoveQuestion onClose={() => setAsking(false)} />
      </Dialog>
    </section>
  );
}

function RemoveQuestion({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: removeCard,
    onSuccess: () => {
      client.setQueryData(keys.payments.card, null);
      notifySuccess(t("The card is removed."));
      onClose();
    },
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: keys.payments.all }),
  });
  return (
    <Stack>
      <Text>{t("Requests accepted after this can’t be paid until you add another card.")}</Text>
      <DialogActions busy={remove.isPending}>
        <Button variant="default" disabled={remove.isPending} onClick={onClose}>
          {t("Keep it")}
        </Button>
        <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t("Remove card")}
        </Button>
      </DialogActions>
    </Stack>
  );
}

/** "03/2030", as the reader writes it. */
function monthOfExpiry({ exp_month: month, exp_year: year }: CardOnFile): string {
  return dayLabel(`${year}-${String(month).padStart(2, "0")}-01`, { month: "2-digit", year: "numeric" });
}

const BRANDS: Record<string, string> = {
  amex: "American Express",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

function brandName(brand: string): string {
  return BRANDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1);
}
