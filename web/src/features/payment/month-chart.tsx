import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.layer.css";
import { useMantineTheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { compactMoney, money, roundMoney } from "@/lib/money";
import type { Row } from "./summary";
import classes from "./month-chart.module.css";

type Props = { rows: Row[]; currency: string; title: string };

/** A bar per month; beside it the same numbers as a table, for those who can't see the bars. */
export default function MonthChart({ rows, currency, title }: Props) {
  const theme = useMantineTheme();
  const still = useReducedMotion();
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.title}>{title}</figcaption>
      <div aria-hidden="true">
        <BarChart
          h={220}
          data={rows}
          dataKey="label"
          series={[{ name: "amount", label: title, color: theme.colors.pine?.[6] ?? "teal" }]}
          valueFormatter={(value) => roundMoney(value, currency)}
          yAxisProps={{ width: 70, tickFormatter: (value: number) => compactMoney(value, currency) }}
          barProps={{ radius: [5, 5, 0, 0], maxBarSize: 44, isAnimationActive: !still }}
          barChartProps={{ accessibilityLayer: false }}
          tickLine="none"
          gridAxis="x"
        />
      </div>
      <table className="unseen">
        <caption>{title}</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.month}>
              <th scope="row">{row.label}</th>
              <td>{money(row.amount, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
