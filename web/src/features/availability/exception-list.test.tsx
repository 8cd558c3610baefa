import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { show } from "@/test/screen";
import { withDaysOff } from "./days-off";
import { ExceptionList } from "./exception-list";
import { span } from "./rules-draft";

it("shows a holiday as one, takes it back as one, and leaves out what is over", async () => {
  const own = { date: "2027-01-04", spans: [span("10:00", "11:00")] };
  const past = { date: "2026-11-02", spans: [] };
  const onChange = vi.fn();
  const exceptions = withDaysOff([past, own], "2026-12-30", "2027-01-02");
  const { user } = show(
    <ExceptionList exceptions={exceptions} first="2026-11-27" onPick={vi.fn()} onChange={onChange} />,
  );
  const [holiday, day, ...others] = await screen.findAllByRole("listitem");
  expect(holiday).toHaveTextContent(/30 Dec – .*2 Jan.*Closed/);
  expect(day).toHaveTextContent(/4 Jan 10:00–11:00/);
  expect(others).toEqual([]);
  await user.click(screen.getByRole("button", { name: /Use the weekly hours on .*30 December.*again/ }));
  expect(onChange).toHaveBeenCalledWith([past, own]);
});
