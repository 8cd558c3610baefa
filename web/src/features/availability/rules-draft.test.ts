import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiProblem, type FieldError } from "@/lib/api/problem";
import {
  copyDay,
  draftOf,
  errorsOf,
  moved,
  newDraft,
  requestOf,
  resized,
  sameRules,
  serverErrors,
  span,
  spanErrors,
  withAnother,
  withException,
} from "./rules-draft";

const minutes = fc.integer({ min: 0, max: 1440 });
const window = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
  .filter(([from, to]) => from < to)
  .map(([from, to]) => ({ from: from * 15, to: to * 15 }));

const invalid = (...errors: FieldError[]) =>
  new ApiProblem(400, { code: "validation_failed", detail: "", errors });

describe("a draft of rules", () => {
  it("becomes the request, entry by entry, and comes back as it was", () => {
    const draft = newDraft("Europe/Prague");
    draft.weekly[6] = [span("22:00", "24:00")];
    draft.exceptions = withException([], "2026-12-24", []);
    draft.exceptions = withException(draft.exceptions, "2026-12-23", [span("10:00", "11:00")]);
    const { body } = requestOf(draft);
    expect(body.weekly).toHaveLength(11);
    expect(body.weekly.at(-1)).toEqual({ weekday: 7, start: "22:00", end: "24:00" });
    expect(body.exceptions).toEqual([
      { date: "2026-12-23", closed: false, start: "10:00", end: "11:00" },
      { date: "2026-12-24", closed: true },
    ]);
    const answer = { ...body, slots: 1, next_slot: null, warnings: [] } as never;
    expect(sameRules(draftOf(answer), draft)).toBe(true);
  });

  it("is right as it is offered, and wrong where a window is", () => {
    expect(errorsOf(newDraft("UTC"))).toEqual({});
    const [a, b, c] = [span("09:00", "12:00"), span("11:45", "13:00"), span("15:00", "14:00")];
    expect(spanErrors([b, a, c])).toEqual({
      [`${b.id}.start`]: "This overlaps 09:00–12:00.",
      [`${c.id}.end`]: "The end must be after the start.",
    });
    const empty = span("", "24:00");
    expect(Object.keys(spanErrors([empty]))).toEqual([`${empty.id}.start`]);
    expect(spanErrors([span("09:00", "12:00"), span("12:00", "24:00")])).toEqual({});
  });

  it("shows the server's complaints at the window, date or setting that they name", () => {
    const draft = newDraft("UTC");
    const own = span("10:00", "11:00");
    draft.exceptions = [
      { date: "2026-12-23", spans: [own] },
      { date: "2026-12-24", spans: [] },
    ];
    const { sources } = requestOf(draft);
    const errors = serverErrors(
      invalid(
        { field: "weekly[2].start", message: "This overlaps weekly[1].", code: "overlap" },
        { field: "exceptions[0].end", message: "Must be after start.", code: "wrong_order" },
        { field: "exceptions[1].date", message: "This is too late." },
        { field: "slot_minutes", message: "Must be at least 15.", code: "too_small", params: { min: 15 } },
        { field: "surprise", message: "This is unknown." },
      ),
      draft,
      sources,
    );
    const tuesday = draft.weekly[1]?.[0]?.id;
    expect(errors).toEqual({
      [`${tuesday}.start`]: "This overlaps another time range on this day.",
      [`${own.id}.end`]: "The end must be after the start.",
      "2026-12-24": "This is too late.",
      slot_minutes: "At least 15.",
      "": "This is unknown.",
    });
    expect(serverErrors(new ApiProblem(409, { code: "too_many_slots" }), draft, sources)).toBeNull();
  });

  it("copies a day to others without tying them together", () => {
    const { weekly } = newDraft("UTC");
    const copied = copyDay(weekly, 0, [5]);
    expect(copied[5]?.map((one) => [one.start, one.end])).toEqual([
      ["09:00", "12:00"],
      ["13:00", "17:00"],
    ]);
    expect(copied[5]?.[0]?.id).not.toBe(copied[0]?.[0]?.id);
    expect(copied[6]).toEqual([]);
  });

  it("gets a window more, after the last one, without leaving the day", () => {
    expect(withAnother([]).map((one) => one.start)).toEqual(["09:00"]);
    expect(withAnother([span("09:00", "12:00")]).at(-1)).toMatchObject({ start: "13:00", end: "14:00" });
    expect(withAnother([span("09:00", "24:00")]).at(-1)).toMatchObject({ start: "23:00", end: "24:00" });
  });
});

describe("a dragged window", () => {
  it("stays in its day and keeps its length when it is moved", () => {
    fc.assert(
      fc.property(window, fc.integer({ min: -2000, max: 2000 }), (one, by) => {
        const { from, to } = moved(one, by);
        expect(to - from).toBe(one.to - one.from);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1440);
      }),
    );
  });

  it("never gets shorter than a quarter of an hour when it is resized", () => {
    fc.assert(
      fc.property(window, fc.constantFrom("from" as const, "to" as const), minutes, (one, edge, at) => {
        const { from, to } = resized(one, edge, at);
        expect(to - from).toBeGreaterThanOrEqual(15);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1440);
        expect(edge === "from" ? to : from).toBe(edge === "from" ? one.to : one.from);
      }),
    );
  });
});
