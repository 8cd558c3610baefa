import { describe, expect, it } from "vitest";
import { faultsOf, repeatedIn, textsOf } from "./texts.mjs";

const texts = (source) => textsOf(source, "a.tsx").map(([text]) => text);

describe("the texts of a file", () => {
  it("are the literals of t, msg and Trans, with both branches of a condition", () => {
    expect(texts('t("One"); msg("Two"); t(on ? "Three" : "Four"); t(LABELS[x] ?? "Five");')).toEqual([
      "One",
      "Two",
      "Three",
      "Four",
      "Five",
    ]);
    expect(texts('<Trans i18nKey="Read <b>this</b>" />')).toEqual(["Read <b>this</b>"]);
    expect(texts('<p title="no text">{other("Six")}</p>')).toEqual([]);
  });

  it("are never put together from pieces", () => {
    expect(() => texts("t(`Hello ${name}`)")).toThrow("a.tsx:1");
    expect(() => texts('t("Hello " + name)')).toThrow("never put together");
  });
});

describe("a translation", () => {
  it("has the arguments and tags of its text", () => {
    expect(faultsOf("Hello {name}", "Hallo {name}", "de")).toEqual([]);
    expect(faultsOf("Hello <b>{name}</b>", "Hallo {nmae}", "de")).toEqual([
      "lacks <b>",
      "lacks {name}",
      "has {nmae}, the text has not",
    ]);
  });

  it("has the plural forms that its language needs", () => {
    const text = "{count, plural, one {# day} other {# days}}";
    expect(faultsOf(text, "{count, plural, one {# Tag} other {# Tage}}", "de")).toEqual([]);
    expect(faultsOf(text, "{count, plural, one {يوم} other {# أيام}}", "ar")).toContain(
      'lacks the plural form "two"',
    );
  });

  it("has no digits beside the reader's own where readers have different ones", () => {
    const text = "{score, number} of 5 stars";
    expect(faultsOf(text, "{score, number} من خمس نجوم", "ar")).toEqual([]);
    expect(faultsOf(text, "{score, number} من 5 نجوم", "ar")[0]).toMatch(/^has a digit/);
    expect(faultsOf(text, "{score, number} von 5 Sternen", "de")).toEqual([]);
  });

  it("is an ICU message", () => {
    expect(faultsOf("Hello {name}", "Hallo {name", "de")[0]).toMatch(/^is no ICU message/);
  });
});

it("a catalogue has each text once: JSON would take the last of several", () => {
  const catalogue = JSON.stringify({ "Say “no”": "1", 'Say "yes"': "2" }, null, 2);
  expect(repeatedIn(catalogue)).toEqual([]);
  expect(repeatedIn(catalogue.replace("{", '{\n  "Say \\"yes\\"": "3",'))).toEqual(['Say "yes"']);
});
