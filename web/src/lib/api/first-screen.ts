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

/** The answer to a GET of `url` that came with the page, or null. */
export function firstScreen(url: string): Response | null {
  answers ??= brought();
  const { pathname, search } = new URL(url);
  const key = pathname + search;
  if (!answers.has(key)) return null;
  const answer = answers.get(key);
  answers.delete(key);
  return Response.json(answer);
}
