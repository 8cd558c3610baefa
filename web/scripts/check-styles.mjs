// Fails when a style sheet says left or right where it should say start or end (margin-inline-start, inset-inline …).
import { readFileSync, readdirSync } from "node:fs";
import { physical } from "./styles.mjs";

const root = new URL("../", import.meta.url);
const sheets = ["src", "public"].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".css"))
    .map((name) => `${folder}/${name}`),
);
const faults = sheets.flatMap((sheet) =>
  physical(readFileSync(new URL(sheet, root), "utf8")).map((fault) => `${sheet}:${fault}`),
);
faults.forEach((fault) => console.error(fault));
console.log(`${sheets.length} style sheets, ${faults.length} declarations that know left from right.`);
process.exitCode = faults.length ? 1 : 0;
