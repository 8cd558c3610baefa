import { describe, expect, it } from "vitest";
import { messages } from "./event-stream";

async function read(...chunks: string[]) {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const found = [];
  for await (const message of messages(stream)) found.push(message);
  return found;
}

describe("an event stream", () => {
  it("is cut at blank lines, wherever the network cuts it", async () => {
    expect(await read("id: 7\nevent: booking\nda", "ta: {}\n", "\nid: 8\ndata: x\n\n")).toEqual([
      { id: "7", event: "booking", data: "{}" },
      { id: "8", data: "x" },
    ]);
  });

  it("joins lines of data and skips comments", async () => {
    expect(await read(": hello\ndata: a\ndata: b\n\n")).toEqual([{ data: "a\nb" }]);
  });

  it("takes line ends of any kind", async () => {
    expect(await read("data: a\r\n\r\n")).toEqual([{ data: "a" }]);
  });

  it("does not split a letter that arrives in two pieces", async () => {
    const bytes = new TextEncoder().encode("data: é\n\n");
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 7));
        controller.enqueue(bytes.slice(7));
        controller.close();
      },
    });
    for await (const message of messages(stream)) expect(message.data).toBe("é");
  });
});
