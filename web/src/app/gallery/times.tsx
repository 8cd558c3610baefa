import { useState } from "react";
import { ZoneSelect } from "@/components/ui/zone-select";
import { LocaleDateInput } from "@/components/ui/locale-date-input";
import { SlotPicker } from "@/features/directory/slot-picker";
import { CompareTimes } from "@/features/rescheduling/compare-times";
import { type Day, clockTime, date, dateTime, length, relative, span, stopwatch, zoneName } from "@/lib/time";
import { BROKEN, LOADING } from "./answers";
import { ADA, GRETA, NOW, SLOTS, TODAY, ZONE, at } from "./samples";
import { Section, Specimen, Specimens, Values } from "./section";

const VALUES: [name: string, value: string][] = [
  ["A day", date(at(1, 540), ZONE)],
  ["A day of another year", date(at(-400, 540), ZONE)],
  ["Day and time", dateTime(at(1, 540), ZONE)],
  ["From and until", span(at(1, 540), at(1, 630), ZONE)],
  ["Over midnight", span(at(1, 1410), at(2, 30), ZONE)],
  ["A clock", clockTime(at(1, 870), ZONE)],
  ["A length", length(90 * 60_000)],
  ["From now", relative(NOW + 3 * 3_600_000, NOW)],
  ["Ago", relative(NOW - 2 * 86_400_000, NOW)],
  ["A stopwatch", stopwatch(3_723_000)],
  ["A time zone", zoneName("America/Argentina/Buenos_Aires", NOW)],
];

export function Times() {
  const [zone, setZone] = useState(ZONE);
  return (
    <Section id="times" title="Dates and times">
      <Specimens>
        <Specimen title="As the reader writes them">
          <Values of={VALUES} />
        </Specimen>
        <Specimen title="A day, a time zone">
          <LocaleDateInput label="Day" value={TODAY} onChange={() => undefined} />
          <ZoneSelect label="Time zone" value={zone} onChange={setZone} mt="sm" />
        </Specimen>
        <Specimen title="Another time: chosen">
          <CompareTimes
            from={{ scheduled_start: at(1, 540), scheduled_end: at(1, 600) }}
            to={{ scheduled_start: at(2, 840), scheduled_end: at(2, 900) }}
            zone={ZONE}
          />
        </Specimen>
        <Specimen title="Another time: not chosen yet">
          <CompareTimes
            from={{ scheduled_start: at(1, 540), scheduled_end: at(1, 600) }}
            to={null}
            zone={ZONE}
          />
        </Specimen>
        <Specimen title="Slot picker: times with prices, one chosen" wide>
          <Picker expertId={ADA.id} chosen={SLOTS[1]?.id ?? null} />
        </Specimen>
        <Specimen title="Slot picker: no times" wide>
          <Picker expertId={GRETA.id} />
        </Specimen>
        <Specimen title="Slot picker: loading" wide>
          <Picker expertId={LOADING} />
        </Specimen>
        <Specimen title="Slot picker: could not be loaded" wide>
          <Picker expertId={BROKEN} />
        </Specimen>
      </Specimens>
    </Section>
  );
}

function Picker({ expertId, chosen: first = null }: { expertId: string; chosen?: string | null }) {
  const [day, setDay] = useState<Day | null>(null);
  const [chosen, setChosen] = useState(first);
  return (
    <SlotPicker
      expertId={expertId}
      zone={ZONE}
      onZone={() => undefined}
      day={day}
      onDay={setDay}
      chosen={chosen}
      onChoose={(slot) => setChosen(slot.id)}
      startAt={TODAY}
      nextAt={null}
      note={() => "€120.00"}
    />
  );
}
