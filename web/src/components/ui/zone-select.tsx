import { type ComboboxItem, type OptionsFilter, Select, type SelectProps } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { zoneName } from "@/lib/time";
import { currentZone, zoneLabel, zoneMatches, zoneOptions } from "@/lib/zone";

type Props = Omit<SelectProps, "data" | "value" | "onChange" | "filter"> & {
  value: string;
  onChange: (zone: string) => void;
};

const byWords: OptionsFilter = ({ options, search }) =>
  (options as ComboboxItem[]).filter((option) => zoneMatches(option, search));

/** One of the time zones, searched by place; each is listed with what its clocks show against UTC today. */
export function ZoneSelect({ value, onChange, ...rest }: Props) {
  const { t } = useTranslation();
  const current = currentZone(value);
  // Four hundred zones take long to sort and filter, and most readers never open the list.
  const [opened, setOpened] = useState(false);
  const data = useMemo(
    () => (opened ? zoneOptions(current) : [{ value: current, label: zoneLabel(current) }]),
    [opened, current],
  );
  return (
    <Select
      searchable
      allowDeselect={false}
      checkIconPosition="right"
      limit={50}
      nothingFoundMessage={t("No time zone matches")}
      selectFirstOptionOnChange
      maxDropdownHeight={280}
      comboboxProps={{ keepMounted: false }}
      {...rest}
      onDropdownOpen={() => setOpened(true)}
      data={data}
      value={current}
      filter={byWords}
      renderOption={({ option }) => (
        <span>
          {option.label} <small>{zoneName(option.value).split(", ")[1]}</small>
        </span>
      )}
      onChange={(zone) => zone && onChange(zone)}
    />
  );
}
