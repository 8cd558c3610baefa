/** Files that only their owner may have: fetched with a token, which a link cannot carry, and then saved. */
import { ApiProblem } from "./api/problem";

export type Download = { content: Blob; name: string };

type Answer = { data?: unknown; error?: unknown; response: Response };

/** The options of a request whose answer is a file of this media type. */
export const asFile = (type: string) => ({ parseAs: "blob", headers: { Accept: type } }) as const;

/** The answer as a file with the name that the server gave it, or `name`. Throws ApiProblem. */
export async function download(call: Promise<Answer>, name: string): Promise<Download> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiProblem(response.status, error, response.headers);
  const given = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  return { content: data as Blob, name: given ?? name };
}

/**
 * A table of UTF-8 with the mark by which spreadsheets know it: without, Excel shows "Müller" as "MÃ¼ller", and Arabic not
 * at all. Programs that use the API get it without.
 */
export async function forSpreadsheet({ content, name }: Download): Promise<Download> {
  return { content: new Blob(["\ufeff", await content.arrayBuffer()], { type: content.type }), name };
}

/** Saves a file as a click on a link would. */
export function save({ content, name }: Download): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click: the address has to live for a moment.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
