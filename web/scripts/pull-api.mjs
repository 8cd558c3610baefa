// Takes a new snapshot of the API's description from a running gateway: BASE_URL=http://127.0.0.1:8000 npm run pull:api
import { writeFileSync } from "node:fs";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8000";
const response = await fetch(new URL("/openapi.json", base));
if (!response.ok) throw new Error(`${base}/openapi.json answered ${response.status}`);
const description = await response.json();
writeFileSync(new URL("../openapi.json", import.meta.url), JSON.stringify(description, null, 1) + "\n");
console.log(`${Object.keys(description.paths).length} paths from ${base}`);
