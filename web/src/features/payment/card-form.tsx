import { Button, Checkbox, Group, Skeleton, Stack, useComputedColorScheme } from "@mantine/core";
import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { SetupIntentResult, Stripe, StripeElements, StripeError } from "@stripe/stripe-js";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDialogBusy } from "@/components/ui/dialog";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { ApiProblem, NotLoaded, sentence } from "@/lib/api/problem";
import { useBrand, useBrandName } from "@/lib/config";
import { t } from "@/lib/i18n/i18n";
import { useLocale } from "@/lib/i18n/locale";
import { WHOLE_FORM, named, useSubmit } from "@/lib/form";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { STRIPE_LOCALES, stripeFor } from "@/lib/stripe";
import { type CardOnFile, fetchCard, newSetup } from "./api";
import { cardProblem } from "./card-problem";

/** How long the form waits for the server to hear of a card that Stripe has taken. */
const ARRIVES_WITHIN_MS = 20_000;

type Props = { onSaved?: () => void; onCancel?: () => void };

/** Stripe's own card fields, and the consent that later charges need. The card's number never reaches this app. */
export default function CardForm(props: Props) {
  const { t } = useTranslation();
  // One set-up per opened form; the key makes a repeated request the same one.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const opened = useQuery({
    queryKey: keys.cardForm(key),
    queryFn: () => open(key),
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
    refetchOnWindowFocus: false,
  });
  const [broken, setBroken] = useState(false);
  const again = () => {
    setBroken(false);
    setKey(crypto.randomUUID());
  };
  const problem = broken ? new NotLoaded() : opened.isLoadingError ? opened.error : null;
  if (problem)
    return (
      <Note kind="bad" live>
        {sentence(problem)}{" "}
        <Button size="compact-sm" variant="default" onClick={again}>
          {t("Try again")}
        </Button>
      </Note>
    );
  if (!opened.data) return <Skeleton height={220} radius={12} />;
  return <Form key={key} {...opened.data} {...props} onBroken={() => setBroken(true)} onAnother={again} />;
}

/** A set-up at Stripe, and the script that shows its fields: one failure, one way to try again. */
async function open(key: string) {
  const { client_secret: secret, publishable_key } = await newSetup(key);
  return { secret, stripe: await stripeFor(publishable_key) };
}

type FormProps = Props & Awaited<ReturnType<typeof open>> & { onBroken: () => void; onAnother: () => void };

function Form({ secret, stripe, ...rest }: FormProps) {
  const dark = useComputedColorScheme("light") === "dark";
  const { color } = useBrand();
  // Stripe itself has the language in which it was loaded; its fields follow the reader while they are open.
  const locale = STRIPE_LOCALES[useLocale((state) => state.language)];
  return (
    <Elements
      stripe={stripe}
      options={{
        clientSecret: secret,
        locale,
        appearance: {
          theme: dark ? "night" : "stripe",
          variables: { colorPrimary: dark ? "#35998a" : color, borderRadius: "8px" },
        },
      }}
    >
      <Fields secret={secret} {...rest} />
    </Elements>
  );
}

function Fields({ secret, onSaved, onCancel, onBroken, onAnother }: Omit<FormProps, "stripe">) {
  const { t } = useTranslation();
  const brand = useBrandName();
  const stripe = useStripe();
  const elements = useElements();
  const client = useQueryClient();
  const [ready, setReady] = useState(false);
  const [late, setLate] = useState(false);
  const [earlier, setEarlier] = useState<CardOnFile | null>(null);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { agreed: false },
    validate: ({ agreed }) =>
      agreed ? {} : { [WHOLE_FORM]: t("Please allow this card to be charged for later sessions.") },
  });
  const { onSubmit, busy, problem } = useSubmit(form, () => saveCard(stripe, elements, secret), {
    onSuccess: async ({ card: saved, answered }) => {
      setLate(saved === null);
      if (saved) client.setQueryData(keys.payments.card, saved);
      await client.invalidateQueries({ queryKey: keys.payments.all });
      if (!saved) return;
      notifySuccess(t("Your card ending in {digits} is saved.", { digits: saved.last4 }));
      if (answered) onSaved?.();
      else setEarlier(saved);
    },
  });
  useDialogBusy(busy);

  if (earlier)
    return (
      <Stack>
        <Note kind="wait" live>
          {t(
            "The card ending in {digits} is saved. Stripe’s answer had been lost, so please check that it is the card you want to use.",
            { digits: earlier.last4 },
          )}
        </Note>
        <Group justify="flex-end">
          <Button variant="default" onClick={onAnother}>
            {t("Enter another card")}
          </Button>
          <Button onClick={() => onSaved?.()}>{t("Use this card")}</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {!ready && <Skeleton height={160} radius={12} />}
        <div hidden={!ready}>
          <PaymentElement onReady={() => setReady(true)} onLoadError={onBroken} />
        </div>
        <Checkbox
          {...form.getInputProps("agreed", { type: "checkbox" })}
          label={t(
            "I allow {brand} to hold and charge this card for the sessions I book, even when I’m not present, under the cancellation terms shown with each booking.",
            { brand },
          )}
        />
        <ErrorNote error={problem} />
        {late && !busy && !problem && (
          <Note kind="wait" live>
            {t(
              "Your card is still being saved, which takes longer than usual. Please press “Save card” again in a moment.",
            )}
          </Note>
        )}
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" disabled={busy} onClick={onCancel}>
              {t("Cancel")}
            </Button>
          )}
          <Button type="submit" loading={busy} disabled={!stripe || !ready}>
            {t("Save card")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** `card` is null while the server has not heard of it; `answered` is false where it may be that of an earlier try. */
type Saved = { card: CardOnFile | null; answered: boolean };

/** Confirms the set-up at Stripe, and resolves with the card as the server knows it. */
async function saveCard(
  stripe: Stripe | null,
  elements: StripeElements | null,
  secret: string,
): Promise<Saved> {
  if (!stripe || !elements) throw new NotLoaded();
  const checked = await elements.submit();
  if (checked.error) throw refused(checked.error);
  const { setupIntent, error } = await stripe.confirmSetup({
    elements,
    confirmParams: { return_url: `${location.origin}/settings/payment` },
    redirect: "if_required",
  });
  const setup = setupIntent ?? (await confirmedUnanswered(stripe, secret, error));
  if (!setup) throw refused(error);
  const method = setup.payment_method;
  const card = await arrived(typeof method === "string" ? method : (method?.id ?? ""));
  return { card, answered: setupIntent !== undefined };
}

/**
 * The set-up where it is confirmed although this try got no such answer: its own answer was lost, or that of an earlier
 * one, after which Stripe refuses every other card. Throws where the outcome stays unknown.
 */
async function confirmedUnanswered(
  stripe: Stripe,
  secret: string,
  { type, code, setup_intent: refusing }: StripeError,
): Promise<SetupIntentResult["setupIntent"] | null> {
  if (code === "setup_intent_unexpected_state") return refusing?.status === "succeeded" ? refusing : null;
  if (type !== "api_connection_error") return null;
  const { setupIntent } = await stripe.retrieveSetupIntent(secret);
  if (setupIntent?.status === "succeeded") return setupIntent;
  throw new ApiProblem(402, {
    code: "card_unknown",
    detail: t(
      "Stripe’s answer was lost, so we don’t know whether your card is saved. Please check your connection and try again.",
    ),
  });
}

function refused(error: StripeError | undefined): Error {
  return new ApiProblem(402, { code: "card_refused", detail: error ? cardProblem(error) : undefined });
}

/** The server hears of the card from Stripe, a moment after the browser does: waits until it shows, but not for ever. */
async function arrived(method: string): Promise<CardOnFile | null> {
  const until = Date.now() + ARRIVES_WITHIN_MS;
  for (;;) {
    const card = await fetchCard().catch(() => null);
    if (card?.id === method) return card;
    if (Date.now() > until) return null;
    await new Promise((done) => setTimeout(done, 400));
  }
}
