import { Ledger } from "@/components/ui/ledger";
import type { PagedList } from "@/components/ui/load-more";
import { Chip } from "@/components/ui/note";
import { PersonCell } from "@/features/directory/person-cell";
import { ReceiptLink } from "@/features/payment/receipt-link";
import { ReceiptSheet } from "@/features/payment/receipt-sheet";
import { StatementSheet } from "@/features/payment/statement-sheet";
import { YearTotals } from "@/features/payment/year-totals";
import { compactMoney, money, roundMoney } from "@/lib/money";
import { dateTime } from "@/lib/time";
import { PAYMENTS, RECEIPT, STATEMENT } from "./money-samples";
import { NOW, ZONE } from "./samples";
import { Section, Specimen, Specimens, Values } from "./section";

const VALUES: [name: string, value: string][] = [
  ["Euro", money(12_050, "eur")],
  ["Dollars", money(1_234_567, "usd")],
  ["Yen, which have no cents", money(12_000, "jpy")],
  ["Dinars, which have thousandths", money(12_050, "kwd")],
  ["A rate", roundMoney(12_000, "eur")],
  ["On an axis", compactMoney(1_250_000, "eur")],
];

const MORE: PagedList = {
  hasNextPage: true,
  isFetchingNextPage: false,
  isFetchNextPageError: false,
  error: null,
  fetchNextPage: () => undefined,
};

export function Money() {
  return (
    <Section id="money" title="Money">
      <Specimens>
        <Specimen title="Amounts">
          <Values of={VALUES} />
        </Specimen>
        <Specimen title="Totals of a year">
          <YearTotals since={new Date(NOW).toISOString()} />
        </Specimen>
        <Specimen title="A list of money" wide>
          <Ledger
            caption="Payments"
            columns={[
              { title: "Expert", cell: (one) => <PersonCell person={one.consultant} to="#money" hasPhoto /> },
              { title: "Session", cell: (one) => dateTime(one.session_date, ZONE) },
              { title: "Status", cell: (one) => <Chip kind="idle">{one.status}</Chip> },
              { title: "Amount", end: true, cell: (one) => money(one.amount, one.currency) },
              {
                title: "Receipt",
                end: true,
                cell: (one) => (
                  <ReceiptLink bookingId={one.booking_id} sessionDate={one.session_date} name="Ada Okafor" />
                ),
              },
            ]}
            rows={PAYMENTS}
            keyOf={(one) => one.id}
            list={MORE}
          />
        </Specimen>
        <Specimen title="A receipt, partly refunded">
          <ReceiptSheet receipt={RECEIPT} />
        </Specimen>
        <Specimen title="A statement" wide>
          <StatementSheet statement={STATEMENT} side="seeker" />
        </Specimen>
      </Specimens>
    </Section>
  );
}
