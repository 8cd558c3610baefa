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

export async function nothingSticksOut(page: Page, what: string): Promise<void> {
  const by = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(by, `${what} sticks out`).toBeLessThanOrEqual(0);
}
