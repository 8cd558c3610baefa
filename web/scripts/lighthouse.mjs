// Lighthouse on the three public pages, as a phone: BASE_URL=http://localhost:8000 CHROMIUM=/usr/bin/chromium npm run lighthouse
// Prints the medians of RUNS runs (3) and fails below the scores that docs/decisions/0052 asks for.
import { loadavg } from "node:os";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const METRICS = {
  FCP: "first-contentful-paint",
  LCP: "largest-contentful-paint",
  SI: "speed-index",
  TBT: "total-blocking-time",
  CLS: "cumulative-layout-shift",
};
const RUNS = Number(process.env.RUNS ?? 3);
// Browsers trust localhost as they trust HTTPS, which Lighthouse asks for.
const BASE_URL = (process.env.BASE_URL ?? "http://localhost:8000").replace("//127.0.0.1", "//localhost");

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The page of an expert, from the sitemap: any that is there. */
async function expertPage() {
  const sitemap = await (await fetch(new URL("/sitemap.xml", BASE_URL))).text();
  const address = /<loc>([^<]*\/experts\/[^<]+)<\/loc>/.exec(sitemap)?.[1];
  if (!address) throw new Error("The sitemap lists no expert: start the stack with DEMO=1.");
  return new URL(address).pathname;
}

/** One run in a browser of its own, as somebody's first visit. */
async function run(url) {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM,
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const result = await lighthouse(url, { port: chrome.port, logLevel: "error", output: "json" });
    if (!result || result.lhr.runtimeError)
      throw new Error(`${url}: ${result?.lhr.runtimeError?.message ?? "no result"}`);
    return result.lhr;
  } finally {
    chrome.kill();
  }
}

/** What was not perfect, for whoever has to mend it. */
function faults(lhr) {
  return Object.keys(LEAST).flatMap((category) =>
    lhr.categories[category].auditRefs
      .map((ref) => ({ ...lhr.audits[ref.id], weight: ref.weight }))
      .filter((audit) => audit.weight > 0 && audit.score !== null && audit.score < 0.9)
      .map(
        (audit) => `      ${category}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ""}`,
      ),
  );
}

let failed = false;
for (const [name, path] of [
  ["home", "/"],
  ["directory", "/find"],
  ["expert", await expertPage()],
]) {
  const results = [];
  while (results.length < RUNS) results.push(await run(new URL(path, BASE_URL).href));
  const scores = Object.fromEntries(
    Object.keys(LEAST).map((category) => [
      category,
      Math.round(median(results.map((lhr) => lhr.categories[category].score ?? 0)) * 100),
    ]),
  );
  const metrics = Object.entries(METRICS).map(([short, audit]) => {
    const value = median(results.map((lhr) => lhr.audits[audit].numericValue));
    return `${short} ${short === "CLS" ? value.toFixed(3) : `${Math.round(value)} ms`}`;
  });
  const words = Object.entries(scores).map(([category, score]) => `${category} ${score}`);
  console.log(
    `${name.padEnd(10)} ${words.join(", ")}; ${metrics.join(", ")}; load ${loadavg()[0].toFixed(1)}`,
  );
  const short = Object.entries(LEAST).filter(([category, least]) => scores[category] < least);
  if (short.length > 0) {
    failed = true;
    console.log(short.map(([category, least]) => `      ${category} is below ${least}`).join("\n"));
    console.log([...new Set(results.flatMap(faults))].join("\n"));
  }
}
process.exit(failed ? 1 : 0);
