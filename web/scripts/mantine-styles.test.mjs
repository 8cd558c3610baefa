// Mantine's styles come in two parts (src/components/ui/*-styles.css): what is used but not in its part would be bare.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const web = fileURLToPath(new URL("..", import.meta.url));
const mantine = join(web, "node_modules/@mantine");
const read = (path) => readFileSync(path, "utf8");

/** The files below `folder` whose names end so. */
const filesIn = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));

/** The names of a source's imports from "@mantine/core". */
const namesIn = (source) =>
  [...source.matchAll(/import\s*\{([^}]*)\}\s*from\s*"@mantine\/core"/g)].flatMap(([, names]) =>
    names.split(",").map(
      (name) =>
        name
          .trim()
          .replace(/^type\s+.*/, "")
          .split(/\s+as\s+/)[0],
    ),
  );

/** The components whose styles `names` need: Mantine's files name them by importing `Button.module.mjs`. */
function stylesOf(names) {
  const root = join(mantine, "core/esm/components");
  const found = new Set();
  const seen = new Set();
  const todo = names.map((name) => join(root, name, `${name}.mjs`));
  while (todo.length > 0) {
    const path = todo.pop();
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    const style = /([A-Za-z]+)\.module\.mjs$/.exec(path)?.[1];
    if (style) found.add(style);
    for (const [, to] of read(path).matchAll(/from "(\.[^"]+)"/g)) todo.push(resolve(dirname(path), to));
  }
  return [...found];
}

/** The app's files that `entry` imports, without those that are loaded later. */
function withImports(entry) {
  const found = new Set();
  const todo = [join(web, entry)];
  while (todo.length > 0) {
    const path = todo.pop();
    if (found.has(path)) continue;
    found.add(path);
    for (const [, to] of read(path).matchAll(/(?:from|import) "((?:@\/|\.)[^"]+)"/g)) {
      const base = to.startsWith("@/") ? join(web, "src", to.slice(2)) : resolve(dirname(path), to);
      const file = [".tsx", ".ts"].map((extension) => base + extension).find(existsSync);
      if (file) todo.push(file);
    }
  }
  return [...found];
}

const listed = (part) =>
  [...read(join(web, `src/components/ui/${part}-styles.css`)).matchAll(/styles\/([\w-]+)\.layer\.css/g)].map(
    ([, name]) => name,
  );

describe("Mantine's styles", () => {
  const first = listed("first");
  const more = listed("more");

  it("come with the app's entry for all that its entry shows", () => {
    const names = withImports("src/app/main.tsx").flatMap((path) => namesIn(read(path)));
    expect(names).toContain("Button");
    expect(stylesOf(names).filter((name) => !first.includes(name))).toEqual([]);
  });

  it("come later for everything else", () => {
    const own = filesIn(join(web, "src"), ".tsx");
    const others = ["dates", "notifications", "charts"].flatMap((name) =>
      filesIn(join(mantine, name, "esm"), ".mjs"),
    );
    const names = own.flatMap((path) => namesIn(read(path)));
    const theirs = others.flatMap((path) => namesIn(read(path)));
    expect(names).toContain("Modal");
    expect(
      stylesOf([...names, ...theirs]).filter((name) => !first.includes(name) && !more.includes(name)),
    ).toEqual([]);
  });

  it("are in one part only, in the order in which Mantine has them", () => {
    expect(first.filter((name) => more.includes(name))).toEqual([]);
    const all = read(join(mantine, "core/styles.layer.css"));
    for (const part of [first, more]) {
      const places = part.map((name) => {
        const rules = read(join(mantine, `core/styles/${name}.layer.css`)).replace(/^@layer mantine \{/, "");
        return all.indexOf(rules.trimStart().slice(0, 120).trimEnd());
      });
      expect(places).toEqual([...places].sort((one, other) => one - other));
    }
  });
});

describe("the app's own styles", () => {
  it("have names of their own: the classes of a built page are made of them", () => {
    const names = filesIn(join(web, "src"), ".module.css").map((path) => basename(path));
    expect(new Set(names).size).toBe(names.length);
  });
});
