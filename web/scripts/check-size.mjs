// Fails when a first visit needs more than this of gzipped files. Needs `npm run build`. docs/decisions/0052 has the reasons.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** What the entry brings: its script and all that it imports, and their styles. */
const scripts = new Set(["theme.js"]);
const styles = new Set();
const add = (key) => {
  const chunk = manifest[key];
  if (scripts.has(chunk.file)) return;
  scripts.add(chunk.file);
  for (const file of chunk.css ?? []) styles.add(file);
  (chunk.imports ?? []).forEach(add);
};
add("index.html");

/** What the first paint of a public page needs besides its own words: these are part of the page. */
const PARTS = [
  ["JavaScript for the directory", scripts, 200_000],
  ["CSS for the first paint", styles, 16_000],
  ["index.html with the theme", ["index.html"], 3_000],
];

let failed = false;
for (const [name, files, limit] of PARTS) {
  let total = 0;
  for (const file of files) {
    const size = gzipSync(readFileSync(new URL(file, dist))).length;
    total += size;
    console.log(`${String(size).padStart(8)} ${file}`);
  }
  console.log(`${String(total).padStart(8)} bytes of gzipped ${name} (limit ${limit})`);
  failed ||= total > limit;
}
process.exit(failed ? 1 : 0);
