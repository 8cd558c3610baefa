import { expect, it } from "vitest";
import { loudness } from "./sound";
import { measure, sample } from "./quality";

const report = (lost: number, received: number, roundTrip = 0.02, type = "host") =>
  new Map<string, unknown>([
    ["T", { type: "transport", selectedCandidatePairId: "P" }],
    ["P", { type: "candidate-pair", localCandidateId: "L", currentRoundTripTime: roundTrip }],
    ["L", { type: "local-candidate", candidateType: type }],
    ["A", { type: "inbound-rtp", kind: "audio", packetsLost: lost, packetsReceived: received }],
    ["V", { type: "inbound-rtp", kind: "video", framesPerSecond: 24, frameHeight: 720 }],
  ]);

it("a connection is as good as what got lost since the last report, and as it is quick", () => {
  const first = sample(report(50, 100));
  expect(measure(first, sample(report(50, 200)))).toMatchObject({ quality: "good", loss: 0, roundTrip: 20 });
  expect(measure(first, sample(report(54, 196)))).toMatchObject({ quality: "fair", loss: 0.04 });
  expect(measure(first, sample(report(70, 180)))).toMatchObject({ quality: "poor", loss: 0.2 });
  expect(measure(first, sample(report(50, 200, 0.4))).quality).toBe("fair");
  expect(measure(first, sample(report(50, 200, 0.9))).quality).toBe("poor");
});

it("says the picture’s height and whether a relay is in between", () => {
  expect(measure(null, sample(report(0, 9, 0.02, "relay")))).toMatchObject({ height: 720, relayed: true });
  expect(sample(new Map()).figures).toEqual({ roundTrip: null, height: null, relayed: false });
});

it("silence is nothing and a full voice everything", () => {
  expect(loudness(new Float32Array(512))).toBe(0);
  expect(loudness(new Float32Array(512).fill(1))).toBe(1);
  expect(loudness(new Float32Array(512).fill(0.03))).toBeCloseTo(0.49, 1);
});
