// Fails when a text of the app lacks a translation, when a translation has no text any more, or when the two do not have the
// same arguments. `--missing de` prints what is missing as JSON, to be filled in and merged with `--merge de file.json`.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { faultsOf, repeatedIn, textsOfSource } from "./texts.mjs";

const locales = new URL("../src/locales/", import.meta.url);
const [mode, language, file] = process.argv.slice(2);
const texts = textsOfSource();
const contentOf = (name) => readFileSync(new URL(`${name}.json`, locales), "utf8");
const read = (name) => JSON.parse(contentOf(name));

if (mode === "--missing") {
  const catalogue = read(language);
  const missing = [...texts.keys()].filter((text) => !(text in catalogue));
  console.log(JSON.stringify(Object.fromEntries(missing.map((text) => [text, ""])), null, 2));
} else if (mode === "--merge") {
  const merged = { ...read(language), ...JSON.parse(readFileSync(file, "utf8")) };
  const kept = Object.entries(merged).filter(([text, translation]) => texts.has(text) && translation);
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(
    new URL(`${language}.json`, locales),
    `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`,
  );
} else {
  check();
}

function check() {
  const faults = [];
  for (const name of readdirSync(locales).map((one) => one.replace(".json", ""))) {
    const catalogue = read(name);
    for (const text of repeatedIn(contentOf(name))) faults.push(`${name}: twice: ${JSON.stringify(text)}`);
    for (const [text, place] of texts)
      if (!catalogue[text]) faults.push(`${name}: missing: ${JSON.stringify(text)} (${place})`);
    for (const [text, translation] of Object.entries(catalogue))
      if (!texts.has(text)) faults.push(`${name}: unused: ${JSON.stringify(text)}`);
      else
        for (const fault of faultsOf(text, translation, name))
          faults.push(`${name}: ${JSON.stringify(text)} ${fault}`);
  }
  faults.forEach((fault) => console.error(fault));
  console.log(`${texts.size} texts, ${faults.length} faults in their translations.`);
  process.exitCode = faults.length ? 1 : 0;
}
