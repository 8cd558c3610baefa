import { expect, test, vi } from "vitest";

async function withPage(text: string) {
  vi.resetModules();
  document.body.innerHTML = "";
  const element = document.createElement("script");
  element.type = "application/json";
  element.id = "first-screen";
  element.textContent = text;
  document.body.append(element);
  return (await import("./first-screen")).firstScreen;
}

test("an answer that came with the page is used once", async () => {
  const firstScreen = await withPage('{"/consultants?limit=24&sort=relevance": {"items": []}}');
  const path = "/consultants?limit=24&sort=relevance";
  expect(firstScreen("/consultants?limit=24")).toBeUndefined();
  expect(firstScreen(path)).toEqual({ items: [] });
  expect(firstScreen(path)).toBeUndefined();
});

test("a page that brings nothing, or nonsense, is asked for", async () => {
  for (const text of ["", "{"]) expect((await withPage(text))("/consultants")).toBeUndefined();
});
