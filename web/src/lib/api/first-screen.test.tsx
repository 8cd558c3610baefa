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
  const url = "http://localhost/consultants?limit=24&sort=relevance";
  expect(firstScreen("http://localhost/consultants?limit=24")).toBeNull();
  expect(await firstScreen(url)?.json()).toEqual({ items: [] });
  expect(firstScreen(url)).toBeNull();
});

test("a page that brings nothing, or nonsense, is asked for", async () => {
  for (const text of ["", "{"]) expect((await withPage(text))("http://localhost/consultants")).toBeNull();
});
