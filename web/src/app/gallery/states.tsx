import { Button, Text } from "@mantine/core";
import { Empty, Failure } from "@/components/ui/failure";
import { CalendarIcon } from "@/components/ui/icons";
import { LedgerSkeleton } from "@/components/ui/ledger";
import { NoAnswer } from "@/lib/api/problem";
import { Loading } from "../layout";
import { OfflineLine } from "../offline-note";
import { PROBLEM } from "./answers";
import { Section, Specimen, Specimens } from "./section";

export function States() {
  return (
    <Section id="states" title="Loading, nothing, trouble">
      <Specimens>
        <Specimen title="A page that loads">
          <Loading />
        </Specimen>
        <Specimen title="A table that loads">
          <LedgerSkeleton />
        </Specimen>
        <Specimen title="Nothing here yet">
          <Empty icon={<CalendarIcon size={28} />} title="No bookings yet">
            <Text c="dimmed">Find an expert and request a session.</Text>
            <Button>Find an expert</Button>
          </Empty>
        </Specimen>
        <Specimen title="Refused by the server, to be tried again">
          <Failure error={PROBLEM} retry={() => undefined} />
        </Specimen>
        <Specimen title="No answer">
          <Failure error={new NoAnswer()} retry={() => undefined} />
        </Specimen>
        <Specimen title="No way to try again">
          <Failure error={PROBLEM} />
        </Specimen>
        <Specimen title="Offline, on every page" wide>
          <OfflineLine />
        </Specimen>
      </Specimens>
    </Section>
  );
}
