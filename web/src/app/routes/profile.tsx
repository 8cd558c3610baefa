import {
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  Skeleton,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Textarea,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure } from "@/components/ui/failure";
import { LeaveGuard } from "@/components/ui/leave-guard";
import { ErrorNote } from "@/components/ui/note";
import { notifySuccess } from "@/components/ui/notify";
import { Page } from "@/components/ui/page";
import { expertPath } from "@/features/directory/address";
import type { Profile } from "@/features/directory/api";
import { profileQuery } from "@/features/directory/queries";
import { LANGUAGES } from "@/features/directory/languages";
import { ProfileView } from "@/features/directory/profile-view";
import { type Currency, saveProfile } from "@/features/profile/api";
import { PhotoEditor } from "@/features/profile/photo-editor";
import { describeRate, rateProblem } from "@/features/profile/rate";
import { type User, useSession } from "@/lib/api/session";
import { type Currency as CurrencyRules, useConfig } from "@/lib/config";
import { named, useSubmit } from "@/lib/form";
import { readerLocale } from "@/lib/i18n/locale";
import { languageName } from "@/lib/i18n/numbers";
import { majorText, parseMoney } from "@/lib/money";
import { useFreshQuery } from "@/lib/query";
import { keys } from "@/lib/query-keys";
import classes from "./profile.module.css";

export function Component() {
  const user = useSession((state) => state.user);
  return user && <OwnProfile key={user.id} user={user} />;
}

function OwnProfile({ user }: { user: User }) {
  const { t } = useTranslation();
  const config = useConfig();
  const profile = useFreshQuery(profileQuery(user.id));
  return (
    <Page
      title={t("Your profile")}
      lead={t("This is what seekers see before they book.")}
      action={
        profile.data && (
          <Button variant="default" component={Link} to={expertPath(profile.data)}>
            {t("See your page")}
          </Button>
        )
      }
    >
      {profile.isPending || !config ? (
        <Skeleton height={420} radius={14} />
      ) : profile.isLoadingError ? (
        <Failure error={profile.error} retry={() => void profile.refetch()} />
      ) : (
        <>
          {profile.data && <PhotoEditor profile={profile.data} />}
          <Editor
            user={user}
            profile={profile.data}
            currencies={config.currencies}
            commission={config.commission_bps}
          />
        </>
      )}
    </Page>
  );
}

type EditorProps = {
  user: User;
  profile: Profile | null;
  currencies: CurrencyRules[];
  /** In basis points. */
  commission: number;
};

/** What the form starts with. */
const valuesOf = (profile: Profile | null, currencies: CurrencyRules[]) => ({
  headline: profile?.headline ?? "",
  bio: profile?.bio ?? "",
  expertise_tags: profile?.expertise_tags ?? [],
  hourly_rate: profile ? majorText(profile.hourly_rate, profile.currency) : "",
  currency: (profile?.currency ?? currencies[0]?.code) as Currency,
  languages: profile?.languages ?? [readerLocale().language],
});

function Editor({ user, profile, currencies, commission }: EditorProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    enhanceGetInputProps: named,
    initialValues: valuesOf(profile, currencies),
    validate: {
      headline: (value) => (value.trim() ? null : t("Say in one line what you can help with")),
      hourly_rate: (value, all) => rateProblem(value, all.currency, currencies),
    },
  });
  const values = form.getValues();
  const shown = useRef(profile);
  useEffect(() => {
    // It was changed elsewhere: saving what was there before would undo that.
    if (profile === shown.current || form.isDirty()) return;
    shown.current = profile;
    const changed = valuesOf(profile, currencies);
    form.setValues(changed);
    form.resetDirty(changed);
  }, [profile, currencies, form]);
  const { onSubmit, busy, problem } = useSubmit(
    form,
    (wanted) =>
      saveProfile({
        ...wanted,
        headline: wanted.headline.trim(),
        hourly_rate: parseMoney(wanted.hourly_rate, wanted.currency) ?? 0,
      }),
    {
      draft: "profile",
      onSuccess: (saved, sent) => {
        client.setQueryData(keys.directory.profile(user.id), saved);
        void client.invalidateQueries({ queryKey: keys.directory.all });
        // Compared with what was sent: what was typed in the meantime is yet to be saved.
        form.resetDirty(sent);
        notifySuccess(t("Your profile is saved."));
      },
    },
  );
  return (
    <div className={classes.columns}>
      <LeaveGuard dirty={form.isDirty() && !busy} />
      <form className="card" onSubmit={onSubmit} noValidate>
        <Stack>
          <ErrorNote error={problem} />
          <TextInput
            label={t("Headline")}
            description={t("One line: what do you help with?")}
            maxLength={200}
            {...form.getInputProps("headline")}
          />
          <Textarea
            label={t("About you")}
            description={t("Your experience, and what people get from a session with you")}
            autosize
            minRows={6}
            maxRows={16}
            maxLength={5000}
            {...form.getInputProps("bio")}
          />
          <TagsInput
            label={t("Expertise")}
            description={t("Press Enter after each; up to 20")}
            maxTags={20}
            acceptValueOnBlur
            splitChars={[",", ";"]}
            clearable={false}
            {...form.getInputProps("expertise_tags")}
          />
          <Group grow align="flex-start">
            <TextInput
              label={t("Rate per hour")}
              inputMode="decimal"
              autoComplete="off"
              maxLength={20}
              description={describeRate(values.hourly_rate, values.currency, commission)}
              {...form.getInputProps("hourly_rate")}
            />
            <NativeSelect
              label={t("Currency")}
              data={[...new Set([...currencies.map((one) => one.code), values.currency])]
                .sort()
                .map((value) => ({
                  value,
                  label: value.toUpperCase(),
                }))}
              {...form.getInputProps("currency")}
            />
          </Group>
          <MultiSelect
            label={t("Languages")}
            data={[...new Set([...LANGUAGES, ...values.languages])].map((value) => ({
              value,
              label: languageName(value),
            }))}
            maxValues={20}
            searchable
            clearable={false}
            {...form.getInputProps("languages")}
          />
          <Group justify="space-between">
            <Text size="sm" c="dimmed" role="status">
              {form.isDirty() ? t("You have unsaved changes.") : ""}
            </Text>
            <Button type="submit" loading={busy} disabled={!form.isDirty()}>
              {t("Save profile")}
            </Button>
          </Group>
        </Stack>
      </form>
      <section className="card" aria-labelledby="preview">
        <h2 id="preview" className={classes.preview}>
          {t("Preview")}
        </h2>
        <ProfileView
          heading="h2"
          profile={{
            first_name: user.first_name,
            last_name: user.last_name,
            headline: values.headline || t("Your headline"),
            bio: values.bio || t("About you"),
            expertise_tags: values.expertise_tags,
            languages: values.languages,
            hourly_rate: parseMoney(values.hourly_rate, values.currency) ?? 0,
            currency: values.currency,
            average_rating: profile?.average_rating ?? null,
            rating_count: profile?.rating_count ?? 0,
            photo_url: profile?.photo_url ?? null,
            verified: profile?.verified ?? false,
          }}
        />
      </section>
    </div>
  );
}
