import { screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { useLocale } from "@/lib/i18n/locale";
import { show } from "@/test/screen";
import { Dialog } from "./dialog";
import { LocaleDateInput } from "./locale-date-input";

afterEach(() => useLocale.setState({ language: "en", locale: "en-GB" }));

it.each([
  ["en", "en-US", "Mon, Nov 23, 2026", "Su"],
  ["en", "en-GB", "Mon, 23 Nov 2026", "Mo"],
  ["de", "de-DE", "Mo., 23. Nov. 2026", "Mo"],
  ["ar", "ar-EG", "٢٣ نوفمبر ٢٠٢٦", "س"],
  ["ar", "ar", "23 نوفمبر 2026", "س"],
] as const)("in %s (%s) shows %s, with weeks from %s", async (language, locale, shown, first) => {
  useLocale.setState({ language, locale });
  const { user } = show(<LocaleDateInput label="Day" defaultValue="2026-11-23" />);
  const field = screen.getByLabelText<HTMLInputElement>("Day");
  expect(field.value).toContain(shown);
  await user.click(field);
  expect((await screen.findAllByRole("columnheader"))[0]).toHaveTextContent(first);
});

describe("a typed date", () => {
  it.each([
    ["de", "de-DE", "7.1.2027", "2027-01-07"],
    ["de", "de-DE", "Mi., 2. Dez. 2026", "2026-12-02"],
    ["de", "de-AT", "3. Jänner 2027", "2027-01-03"],
    ["de", "de-DE", "2. märz 2027", "2027-03-02"],
    ["en", "en-GB", "5/12/2026", "2026-12-05"],
    ["en", "en-GB", "Sat, 5 Dec 2026", "2026-12-05"],
    ["en", "en-US", "5/12/2026", "2026-05-12"],
    ["en", "en-US", "December 5, 2026", "2026-12-05"],
    ["en", "en-CA", "2026-12-05", "2026-12-05"],
    ["ar", "ar-EG", "٥/١٢/٢٠٢٦", "2026-12-05"],
    ["ar", "ar-EG", "٥ ديسمبر ٢٠٢٦", "2026-12-05"],
    ["ar", "ar-EG", "5 ديسمبر 2026", "2026-12-05"],
  ] as const)("in %s (%s) reads %s as %s", async (language, locale, typed, day) => {
    useLocale.setState({ language, locale });
    const { user, field, chosen } = typing();
    await user.clear(field());
    await user.type(field(), typed);
    expect(chosen()).toBe(day);
  });

  it.each(["1", "7.1.20", "30.2.2027", "7.13.2027", "7.1.2027 x", "Ju 7 2027", "morgen"])(
    "that is not one (%s) is an error, and no other day",
    async (typed) => {
      useLocale.setState({ language: "de", locale: "de-DE" });
      const { user, field, chosen } = typing();
      await user.clear(field());
      await user.type(field(), typed);
      expect(chosen()).toBe("none");
      await user.tab();
      expect(field()).toHaveValue(typed);
      expect(field()).toBeInvalid();
      expect(screen.getByText("Enter a date, for example 31.12.2027.")).toBeVisible();
    },
  );

  it.each([
    ["ar", "ar-EG", "٧/١/٢٠٢٧", "٨", "2028-01-07"],
    ["ar", "ar-JO", "7/1/2027", "8", "2028-01-07"],
    ["de", "de-AT", "7.1.2027", "8", "2028-01-07"],
  ] as const)("is read in %s (%s) as the field writes it", async (language, locale, typed, digit, day) => {
    useLocale.setState({ language, locale });
    const { user, field, chosen } = typing();
    await user.clear(field());
    await user.type(field(), typed);
    await user.tab();
    await user.type(field(), `{Backspace}${digit}`);
    expect(chosen()).toBe(day);
  });

  it("is written as the field writes dates when it is left, and reads that again", async () => {
    const { user, field, chosen } = typing();
    await user.clear(field());
    await user.type(field(), "7/1/2027");
    await user.tab();
    expect(field()).toHaveValue("Thu, 7 Jan 2027");
    await user.type(field(), "{Backspace}8");
    expect(chosen()).toBe("2028-01-07");
  });

  it.each([
    ["19/11/2026", "2026-11-19", "Choose 20 November 2026 or a later day."],
    ["1/12/2026", "2026-12-01", "Choose 30 November 2026 or an earlier day."],
  ])(
    "out of range (%s) is the day that was typed, with the reason why it can’t be chosen",
    async (typed, day, why) => {
      const { user, field, chosen } = typing({ minDate: "2026-11-20", maxDate: "2026-11-30" });
      await user.clear(field());
      await user.type(field(), typed);
      expect(chosen()).toBe(day);
      expect(screen.queryByText(why)).not.toBeInTheDocument();
      await user.tab();
      expect(chosen()).toBe(day);
      expect(field()).toBeInvalid();
      expect(screen.getByText(why)).toBeVisible();
    },
  );

  it("out of range is left to the form’s own words, where it has some", async () => {
    const { user, field } = typing({ minDate: "2026-11-20", error: "This time has passed." });
    await user.clear(field());
    await user.type(field(), "19/11/2026");
    await user.tab();
    expect(screen.getByText("This time has passed.")).toBeVisible();
    expect(screen.queryByText(/or a later day/)).not.toBeInTheDocument();
  });

  it.each(["1/1/0001", "31/12/9999"])("of a year that must be a slip (%s) is none", async (typed) => {
    const { user, field, chosen } = typing();
    await user.clear(field());
    await user.type(field(), typed);
    expect(chosen()).toBe("none");
  });

  it("can be cleared by a button that has a name", async () => {
    const { user, chosen } = typing({ clearable: true });
    await user.click(screen.getByRole("button", { name: "Clear the date" }));
    expect(chosen()).toBe("none");
  });
});

describe("Escape, in a dialog", () => {
  it("closes the calendar first, and then the dialog", async () => {
    const close = vi.fn();
    const { user } = show(
      <Dialog opened onClose={close} title="Times">
        <LocaleDateInput label="Day" defaultValue="2026-11-23" />
      </Dialog>,
    );
    await user.click(await screen.findByLabelText("Day"));
    expect(await screen.findByRole("button", { name: "Next month" })).toBeVisible();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Next month" })).not.toBeInTheDocument());
    expect(close).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(close).toHaveBeenCalledOnce();
  });

  it("closes the calendar again after typing has opened it", async () => {
    const close = vi.fn();
    const { user } = show(
      <Dialog opened onClose={close} title="Times">
        <LocaleDateInput label="Day" defaultValue="2026-11-23" />
      </Dialog>,
    );
    await user.click(await screen.findByLabelText("Day"));
    await user.keyboard("{Escape}");
    await user.keyboard("{Backspace}7");
    expect(await screen.findByRole("button", { name: "Next month" })).toBeVisible();
    await user.keyboard("{Escape}");
    expect(close).not.toHaveBeenCalled();
    expect(screen.getByLabelText("Day")).toHaveValue("Mon, 23 Nov 2027");
  });
});

/** A field with a day, and what it has been given. */
function typing(props: { minDate?: string; maxDate?: string; error?: string; clearable?: boolean } = {}) {
  function Field() {
    const [day, setDay] = useState<string | null>("2026-11-23");
    return (
      <>
        <LocaleDateInput label="Day" value={day} onChange={setDay} {...props} />
        <output>{day ?? "none"}</output>
      </>
    );
  }
  const { user } = show(<Field />);
  const field = () => screen.getByLabelText<HTMLInputElement>("Day");
  return { user, field, chosen: () => screen.getByRole("status").textContent };
}
