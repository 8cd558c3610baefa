/** Why a device cannot be had, and whether it may be asked for again. */

export type MediaProblem = "refused" | "missing" | "busy" | "unsupported" | "failed";
export type Kind = "microphone" | "camera";

/** What an error of `getUserMedia` means. */
export function problemOf(error: unknown): MediaProblem {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "TypeError":
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}

/** After a refusal: of which kinds the user has put the question away, who must not be asked the same again at once. */
export async function dismissed(
  kinds: Kind[],
  permissions: Pick<Permissions, "query"> | undefined,
): Promise<Kind[]> {
  const states = await Promise.all(
    kinds.map(async (name) => {
      // Not every browser knows these names.
      const status = await permissions?.query({ name }).catch(() => null);
      return status?.state ?? null;
    }),
  );
  // One that is denied for good makes the browser refuse both, without a question.
  if (states.includes("denied")) return [];
  return kinds.filter((_, index) => states[index] === "prompt");
}
