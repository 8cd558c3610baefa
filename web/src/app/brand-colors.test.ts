import fc from "fast-check";
import { describe, expect, it } from "vitest";
import examples from "./brand-colors.examples.json";
import { BUILT_IN, brandVariables, contrast, readable, shade } from "./brand-colors";

const color = fc.integer({ min: 0, max: 0xffffff }).map((one) => `#${one.toString(16).padStart(6, "0")}`);

describe("a marketplace's own colour", () => {
  it("is readable under white text and as text on both themes' pages, whatever it is", () => {
    fc.assert(
      fc.property(color, (one) => {
        const made = brandVariables(one);
        fc.pre(one !== BUILT_IN);
        expect(contrast(made.variables["--mantine-color-pine-7"] ?? "", "#ffffff")).toBeGreaterThanOrEqual(
          4.5,
        );
        expect(contrast(made.light["--mantine-color-anchor"] ?? "", "#eef5f2")).toBeGreaterThanOrEqual(4.5);
        expect(contrast(made.dark["--mantine-color-anchor"] ?? "", "#1c2926")).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it("stays as it is where it is readable", () => {
    expect(readable("#0b7285", "#ffffff")).toBe("#0b7285");
    expect(shade("#000000", 1)).toBe("#ffffff");
    expect(shade("#ffffff", -1)).toBe("#000000");
  });

  it("changes nothing where it is the built-in one", () => {
    expect(brandVariables(BUILT_IN)).toEqual({ variables: {}, light: {}, dark: {} });
  });

  // The gateway computes them too, for the first paint: its tests have the same examples.
  it.each(Object.entries(examples))("makes these of %s", (one, made) => {
    expect(brandVariables(one)).toEqual(made);
  });
});
