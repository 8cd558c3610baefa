import { Button, Checkbox, Group, Skeleton, Stack, useComputedColorScheme } from "@mantine/core";
import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { Stripe, StripeElements } from "@stripe/stripe-js";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote, Note } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { ApiProblem, NotLoaded, sentence } from "@/lib/api/problem";
import { useBrand, useBrandName } from "@/lib/config";
import { WHOLE_FORM, named, useSubmit } from "@/lib/form";
import { useQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import { stripeFor } from "@/lib/stripe";
import { fetchCard, newSetup } from "./api";
import { cardProblem } from "./card-problem";

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
  return <Form key={key} {...opened.data} {...props} onBroken={() => setBroken(true)} />;
}

/** A set-up at Stripe, and the script that shows its fields: one failure, one way to try again. */
async function open(key: string) {
  const { client_secret: secret, publishable_key } = await newSetup(key);
  return { secret, stripe: await stripeFor(publishable_key) };
}

type FormProps = Props & Awaited<ReturnType<typeof open>> & { onBroken: () => void };

function Form({ secret, stripe, ...rest }: FormProps) {
  const dark = useComputedColorScheme("light") === "dark";
  const { color } = useBrand();
  return (
    <Elements
      stripe={stripe}
      options={{
        clientSecret: secret,
        appearance: {
          theme: dark ? "night" : "stripe",
          variables: { colorPrimary: dark ? "#35998a" : color, borderRadius: "8px" },
        },
      }}
    >
      <Fields {...rest} />
    </Elements>
  );
}

function Fields({ onSaved, onCancel, onBroken }: Omit<FormProps, "secret" | "stripe">) {
  const { t } = useTranslation();
  const brand = useBrandName();
  const stripe = useStripe();
  const elements = useElements();
  const client = useQueryClient();
  const [ready, setReady] = useState(false);
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: { agreed: false },
    validate: ({ agreed }) =>
      agreed ? {} : { [WHOLE_FORM]: t("Please allow this card to be charged for later sessions.") },
  });
  const { onSubmit, busy, problem } = useSubmit(form, () => saveCard(stripe, elements), {
    onSuccess: async (saved) => {
      client.setQueryData(keys.payments.card, saved);
      await client.invalidateQueries({ queryKey: keys.payments.all });
      notifySuccess(t("Your card is saved."));
      onSaved?.();
    },
  });

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
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
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

/** Confirms the set-up at Stripe, and resolves with the card as the server knows it. */
async function saveCard(stripe: Stripe | null, elements: StripeElements | null) {
  if (!stripe || !elements) throw new NotLoaded();
  const checked = await elements.submit();
  const result = checked.error
    ? checked
    : await stripe.confirmSetup({
        elements,
        confirmParams: { return_url: `${location.origin}/settings/payment` },
        redirect: "if_required",
      });
  if (result.error) throw new ApiProblem(402, { code: "card_refused", detail: cardProblem(result.error) });
  const method = "setupIntent" in result ? result.setupIntent.payment_method : null;
  return arrived(typeof method === "string" ? method : (method?.id ?? null));
}

/** The server hears of the card from Stripe, a moment after the browser does: waits until it shows. */
async function arrived(method: string | null) {
  const until = Date.now() + 20_000;
  for (;;) {
    const card = await fetchCard().catch(() => null);
    if (card && (method === null || card.id === method)) return card;
    if (Date.now() > until) return card;
    await new Promise((done) => setTimeout(done, 400));
  }
}
