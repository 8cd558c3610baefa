// Fails when the directory's first visit needs more than 200 kB of gzipped JavaScript. Needs `npm run build`.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 200_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set();
const add = (key) => {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  (chunk.imports ?? []).forEach(add);
};
add("index.html");

let total = 0;
for (const file of [...files, "theme.js"]) {
  const size = gzipSync(readFileSync(new URL(file, dist))).length;
  total += size;
  console.log(`${String(size).padStart(8)} ${file}`);
}
console.log(`${String(total).padStart(8)} bytes of gzipped JavaScript for the directory (limit ${LIMIT})`);
process.exit(total > LIMIT ? 1 : 0);
