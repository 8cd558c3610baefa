import { beforeEach, expect, it, vi } from "vitest";
import { FakeConnection, network } from "@/test/fake-connection";
import { Peer } from "./peer";
import type { CallMessage } from "./call-signal";

const settle = () => new Promise((done) => setTimeout(done, 5));

/** A polite and an impolite side; what they say to each other goes through `carry`. */
function two(carry: (message: CallMessage, deliver: () => void) => void = (_, deliver) => deliver()) {
  const make = (polite: boolean, other: () => Peer) => {
    const connection = new FakeConnection();
    const send = (message: CallMessage) => carry(message, () => other().receive(message));
    return { connection, peer: new Peer({ connection: connection.real, polite, send, onChange: vi.fn() }) };
  };
  const polite: ReturnType<typeof make> = make(true, () => impolite.peer);
  const impolite: ReturnType<typeof make> = make(false, () => polite.peer);
  return { polite, impolite };
}

beforeEach(() => {
  network.up = true;
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});

it("the impolite side lays out the media, and the polite one answers it both ways", async () => {
  const { polite, impolite } = two();
  await settle();
  expect([polite.peer.state, impolite.peer.state]).toEqual(["connected", "connected"]);
  expect(impolite.connection.offers).toBe(1);
  expect(polite.connection.offers).toBe(0);
  expect(polite.connection.getTransceivers().map((one) => one.direction)).toEqual(["sendrecv", "sendrecv"]);
});

it("where both offer at once, the polite side takes its own offer back", async () => {
  const { polite, impolite } = two();
  await settle();
  polite.peer.restart(null);
  impolite.peer.restart(null);
  await settle();
  expect([polite.connection.signalingState, impolite.connection.signalingState]).toEqual([
    "stable",
    "stable",
  ]);
  expect([polite.connection.rollbacks, impolite.connection.rollbacks]).toEqual([1, 0]);
});

it("an offer that got lost can be said again, and the answer to it counts once", async () => {
  let lost = true;
  const { polite, impolite } = two((_, deliver) => {
    if (!lost) deliver();
  });
  await settle();
  lost = false;
  expect(impolite.peer.repeatOffer()).toBe(true);
  expect(impolite.peer.repeatOffer()).toBe(true);
  await settle();
  expect([polite.peer.state, impolite.peer.state]).toEqual(["connected", "connected"]);
  expect(impolite.peer.repeatOffer()).toBe(false);
});

it("candidates that come before the description wait for it", async () => {
  const connection = new FakeConnection();
  const peer = new Peer({ connection: connection.real, polite: true, send: vi.fn(), onChange: vi.fn() });
  peer.receive({ type: "candidate", candidate: { candidate: "early" } });
  await settle();
  expect(connection.candidates).toEqual([]);
  peer.receive({ type: "description", description: { type: "offer", sdp: "v=0" } });
  peer.receive({ type: "candidate", candidate: { candidate: "late" } });
  await settle();
  expect(connection.candidates).toEqual([{ candidate: "early" }, { candidate: "late" }]);
});

it("SDP that is none is left out, and the next offer is taken", async () => {
  const connection = new FakeConnection();
  const peer = new Peer({ connection: connection.real, polite: true, send: vi.fn(), onChange: vi.fn() });
  peer.receive({ type: "description", description: { type: "offer", sdp: "<img onerror>" } });
  peer.receive({ type: "description", description: { type: "answer", sdp: "v=0" } });
  peer.receive({ type: "description", description: { type: "offer", sdp: "v=0" } });
  await settle();
  expect(connection.localDescription?.type).toBe("answer");
});

it("tracks are replaced without an offer, and what is on is told over the channel", async () => {
  const { polite, impolite } = two();
  await settle();
  const video = { kind: "video" } as unknown as MediaStreamTrack;
  polite.peer.setTracks({ audio: null, video });
  polite.peer.setSending({ microphone: false, camera: true, screen: false });
  await settle();
  expect(polite.connection.getTransceivers()[1]?.sender.track).toBe(video);
  expect(polite.connection.offers).toBe(0);
  const sent = polite.connection.channel.sent.at(-1);
  impolite.connection.channel.dispatchEvent(new MessageEvent("message", { data: sent }));
  expect(impolite.peer.remoteSending).toEqual({ microphone: false, camera: true, screen: false });
  impolite.connection.channel.dispatchEvent(new MessageEvent("message", { data: "{no json" }));
  expect(impolite.peer.remoteSending).toEqual({ microphone: false, camera: true, screen: false });
});
