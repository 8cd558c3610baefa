/** What the gateway tells the app about where it runs (/config.json). */

let asked: Promise<Record<string, unknown>> | null = null;

/** Its answer, asked for once; empty when it has nothing to tell. */
export function settings(): Promise<Record<string, unknown>> {
  asked ??= fetch("/config.json", { headers: { Accept: "application/json" } })
    .then(async (response) =>
      response.ok && response.headers.get("Content-Type")?.includes("json")
        ? ((await response.json()) as Record<string, unknown>)
        : {},
    )
    .catch(() => {
      asked = null;
      return {};
    });
  return asked;
}
