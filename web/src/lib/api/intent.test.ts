import { describe, expect, it } from "vitest";
import { Intent } from "./intent";
import { ApiProblem, NoAnswer } from "./problem";

const fails = (error: Error) => (key: string) => {
  keys.push(key);
  return Promise.reject(error);
};
let keys: string[] = [];
const works = (key: string) => {
  keys.push(key);
  return Promise.resolve("done");
};

async function attempts(
  ...sends: [content: unknown, send: (key: string) => Promise<unknown>][]
): Promise<string[]> {
  keys = [];
  const intent = new Intent();
  for (const [content, send] of sends) await intent.run(content, send).catch(() => undefined);
  return keys;
}

describe("an intent's key", () => {
  it("stays while the outcome is unknown", async () => {
    const [first, second, third, fourth] = await attempts(
      ["a", fails(new NoAnswer())],
      ["a", fails(new ApiProblem(503, {}))],
      ["a", fails(new ApiProblem(429, {}))],
      ["a", works],
    );
    expect(new Set([first, second, third, fourth]).size).toBe(1);
  });

  it("changes after an answer, a refusal included", async () => {
    expect(new Set(await attempts(["a", works], ["a", works])).size).toBe(2);
    expect(new Set(await attempts(["a", fails(new ApiProblem(409, {}))], ["a", works])).size).toBe(2);
  });

  it("changes with the content", async () => {
    expect(new Set(await attempts(["a", fails(new NoAnswer())], ["b", works])).size).toBe(2);
  });

  it("is shared by two sends at once: a double click", async () => {
    keys = [];
    const intent = new Intent();
    await Promise.all([intent.run("a", works), intent.run("a", works)]);
    expect(new Set(keys).size).toBe(1);
  });
});
