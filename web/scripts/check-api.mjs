// Fails when src/lib/api/schema.gen.ts is not what the API's description (gateway/openapi.json) gives; with BASE_URL set, also
// when that gateway serves another. So a field that changes breaks the build, not the user.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "schema-"));
const fresh = join(folder, "schema.gen.ts");
try {
  const bin = (name) => join(web, "node_modules/.bin", name);
  execFileSync(bin("openapi-typescript"), ["../gateway/openapi.json", "-o", fresh], {
    cwd: web,
    stdio: "pipe",
  });
  if (readFileSync(fresh, "utf8") !== readFileSync(join(web, "src/lib/api/schema.gen.ts"), "utf8"))
    fail("src/lib/api/schema.gen.ts is stale: npm run gen:api");
  if (process.env.BASE_URL) {
    const served = await (await fetch(new URL("/openapi.json", process.env.BASE_URL))).json();
    const kept = JSON.parse(readFileSync(join(web, "../gateway/openapi.json"), "utf8"));
    if (sorted(served) !== sorted(kept)) fail("The gateway at BASE_URL serves another description.");
  }
  if (!process.exitCode) console.log("The API's types are up to date.");
} finally {
  rmSync(folder, { recursive: true });
}

function sorted(value) {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
