/** What every screen is held to: axe, and nothing that sticks out. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Page, expect } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** WCAG 2.2 AA by axe: nothing at all may be wrong, on the whole page or `within` a part of it. */
export async function flawless(
  page: Page,
  what: string,
  runOnly: RunOptions["runOnly"] = STANDARD,
  within = "html",
): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(
    async ({ part, options }) => {
      const { axe } = window as unknown as {
        axe: { run(context: string, options: RunOptions): Promise<AxeResults> };
      };
      return (await axe.run(part, options)).violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`,
      );
    },
    { part: within, options: { runOnly, resultTypes: ["violations"] } satisfies RunOptions },
  );
  expect.soft(violations, what).toEqual([]);
}

/** Fails softly, and names the elements, where the page is wider than the window. */
export async function nothingSticksOut(page: Page, what: string): Promise<void> {
  const outside = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= window.innerWidth) return [];
    const name = ({ tagName, id, classList }: Element) =>
      [tagName.toLowerCase(), id && `#${id}`, ...[...classList].map((one) => `.${one}`)].join("");
    const clips = (element: Element) => getComputedStyle(element).overflowX !== "visible";
    const isClipped = (element: Element): boolean => {
      const parent = element.parentElement;
      return parent !== null && parent !== document.body && (clips(parent) || isClipped(parent));
    };
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const sticksOut = width > 0 && (right > window.innerWidth + 0.5 || left < -0.5);
      return sticksOut && !isClipped(element);
    });
    return [
      `${root.scrollWidth} px in a window of ${window.innerWidth}`,
      ...wide.slice(0, 12).map((element) => `${name(element)} ${element.textContent?.slice(0, 40)}`),
    ];
  });
  expect.soft(outside, `${what} sticks out`).toEqual([]);
}

/** Fails softly, and names the hints, where a field is too narrow for the hint that stands in it. */
export async function hintsFit(page: Page, what: string): Promise<void> {
  const cut = await page.evaluate(() => {
    const pen = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
    return [...document.querySelectorAll<HTMLInputElement>("input[placeholder]")]
      .filter((input) => input.clientWidth > 0)
      .filter((input) => {
        const { font, paddingLeft, paddingRight } = getComputedStyle(input);
        pen.font = font;
        const room = input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
        return pen.measureText(input.placeholder).width > room + 0.5;
      })
      .map((input) => `${input.placeholder} in ${input.clientWidth} px`);
  });
  expect.soft(cut, `${what}: hints are cut`).toEqual([]);
}

/** As nothingSticksOut, with text at 200 % (WCAG 1.4.4): everything that is measured in rem grows with it. */
export async function nothingSticksOutOfDoubleText(
  page: Page,
  what: string,
  widths: readonly number[],
): Promise<void> {
  const resize = (size: string) =>
    page.evaluate((fontSize) => void (document.documentElement.style.fontSize = fontSize), size);
  await resize("200%");
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await nothingSticksOut(page, `${what}, ${width} px, text at 200 %`);
  }
  await resize("");
}

/**
 * One load of a screen serves both widths and both themes. The theme changes colours alone, so only contrast is looked
 * at again; the width changes what is there, so all is.
 */
export async function everyLook(page: Page, name: string): Promise<void> {
  const looks = [
    { colorScheme: "light", width: 1280, rules: [...STANDARD, "best-practice"] },
    { colorScheme: "dark", width: 1280, rules: null },
    { colorScheme: "dark", width: 360, rules: [...STANDARD, "best-practice"] },
    { colorScheme: "light", width: 360, rules: null },
  ] as const;
  for (const { colorScheme, width, rules } of looks) {
    const what = `${name}, ${colorScheme}, ${width} px`;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await expect(page.locator(`html[data-mantine-color-scheme=${colorScheme}]`)).toBeAttached();
    await flawless(page, what, rules ? [...rules] : { type: "rule", values: ["color-contrast"] });
    await nothingSticksOut(page, what);
    await hintsFit(page, what);
  }
  await nothingSticksOutOfDoubleText(page, name, [320, 360, 768]);
}
