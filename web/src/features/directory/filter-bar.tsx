import { Button, CloseButton, NativeSelect, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { t } from "@/lib/i18n/i18n";
import { formatNumber, languageName } from "@/lib/i18n/numbers";
import { DownIcon, SearchIcon } from "@/components/ui/icons";
import classes from "./filter-bar.module.css";
import {
  type Filters,
  MAX_RATE_CURRENCY,
  NO_FILTERS,
  SORTS,
  type Sort,
  WHEN,
  type When,
  narrowing,
} from "./filters";
import { LANGUAGES } from "./languages";

const options = (names: Record<string, string>) =>
  Object.entries(names).map(([value, label]) => ({ value, label: t(label) }));

type Props = { filters: Filters; onChange: (change: Partial<Filters>) => void };

/** Search and filters. On phones the filters fold away behind one button that says how many are set. */
export function FilterBar({ filters, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const rest = useId();
  const set = narrowing(filters);
  return (
    <search className={classes.bar}>
      <div className={classes.first}>
        <TextInput
          className={classes.words}
          size="md"
          type="search"
          aria-label={t("Search experts")}
          placeholder={t("Name or skill")}
          maxLength={200}
          wrapperProps={{ "data-rows": true }}
          data-row-add
          leftSection={<SearchIcon />}
          value={filters.search}
          onChange={(event) => onChange({ search: event.currentTarget.value })}
          rightSection={
            filters.search && (
              <CloseButton
                data-row
                aria-label={t("Clear the search")}
                onClick={() => onChange({ search: "" })}
              />
            )
          }
        />
        <Button
          className={classes.fold}
          variant="default"
          size="md"
          rightSection={<DownIcon size={16} />}
          aria-expanded={open}
          aria-controls={rest}
          onClick={() => setOpen(!open)}
        >
          {t("Filters")}
          {set > 0 && ` (${formatNumber(set)})`}
        </Button>
      </div>
      <div id={rest} className={classes.rest} data-open={open || undefined}>
        <TextInput
          label={t("Expertise")}
          placeholder={t("Any")}
          maxLength={50}
          value={filters.tag}
          onChange={(event) => onChange({ tag: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("Available")}
          data={options(WHEN)}
          value={filters.when}
          onChange={(event) => onChange({ when: event.currentTarget.value as When })}
        />
        <NativeSelect
          label={t("Language")}
          data={[
            { value: "", label: t("Any") },
            ...LANGUAGES.map((code) => ({ value: code, label: languageName(code) })),
          ]}
          value={filters.language}
          onChange={(event) => onChange({ language: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("Rating")}
          data={[
            { value: "0", label: t("Any") },
            { value: "3", label: t("3 stars and up") },
            { value: "4", label: t("4 stars and up") },
            { value: "4.5", label: t("4.5 stars and up") },
          ]}
          value={String(filters.rating)}
          onChange={(event) => onChange({ rating: Number(event.currentTarget.value) })}
        />
        <TextInput
          label={t("Maximum hourly rate ({currency})", { currency: MAX_RATE_CURRENCY.toUpperCase() })}
          placeholder={t("Any")}
          inputMode="numeric"
          maxLength={7}
          value={filters.maxRate || ""}
          onChange={(event) => onChange({ maxRate: Number(event.currentTarget.value.replace(/\D/g, "")) })}
        />
        <NativeSelect
          label={t("Sort by")}
          data={options(SORTS)}
          value={filters.sort}
          onChange={(event) => onChange({ sort: event.currentTarget.value as Sort })}
        />
        {set > 0 && (
          <Button
            className={classes.clear}
            variant="subtle"
            onClick={() => onChange({ ...NO_FILTERS, search: filters.search, sort: filters.sort })}
          >
            {t("Clear filters")}
          </Button>
        )}
      </div>
    </search>
  );
}
