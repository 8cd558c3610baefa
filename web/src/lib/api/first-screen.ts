/** The answers that a public page brings along, so that its first screen waits for nothing. Each is used once. */
let answers: Map<string, unknown> | null = null;

function brought(): Map<string, unknown> {
  if (typeof document === "undefined") return new Map();
  const text = document.getElementById("first-screen")?.textContent;
  try {
    return new Map(Object.entries(text ? (JSON.parse(text) as Record<string, unknown>) : {}));
  } catch {
    return new Map();
  }
}

/**
 * The answer to a GET of `path` that came with the page; undefined where none did. As a query's `initialData` it is there
 * in the first render, which then shows what the gateway has painted already.
 */
export function firstScreen<T>(path: string): T | undefined {
  answers ??= brought();
  const answer = answers.get(path);
  answers.delete(path);
  return answer as T | undefined;
}
