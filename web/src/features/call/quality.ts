/** How good a connection is, from two of the browser's reports. */

export type Quality = "good" | "fair" | "poor";
export type Figures = {
  quality: Quality;
  /** Milliseconds there and back; null while it is not known. */
  roundTrip: number | null;
  /** The share of packets that got lost since the last report. */
  loss: number;
  /** Height of the picture that arrives; null without one. */
  height: number | null;
  /** Whether the way leads over a relay. */
  relayed: boolean;
};

type Counts = { lost: number; received: number };
type Stat = Record<string, unknown> & { type: string };
export type Sample = { counts: Counts; figures: Omit<Figures, "quality" | "loss"> };

const POOR = { loss: 0.08, roundTrip: 600 };
const FAIR = { loss: 0.02, roundTrip: 300 };

/** What one report says. */
export function sample(report: ReadonlyMap<string, unknown>): Sample {
  const stats = [...report.values()] as Stat[];
  const transport = stats.find((one) => one.type === "transport");
  const pair = report.get(String(transport?.["selectedCandidatePairId"])) as Stat | undefined;
  const local = report.get(String(pair?.["localCandidateId"])) as Stat | undefined;
  const inbound = stats.filter((one) => one.type === "inbound-rtp");
  const sum = (name: string) => inbound.reduce((total, one) => total + (Number(one[name]) || 0), 0);
  const video = inbound.find((one) => one["kind"] === "video" && Number(one["framesPerSecond"]) > 0);
  const roundTrip = Number(pair?.["currentRoundTripTime"]);
  return {
    counts: { lost: sum("packetsLost"), received: sum("packetsReceived") },
    figures: {
      roundTrip: Number.isFinite(roundTrip) ? Math.round(roundTrip * 1000) : null,
      height: video ? Number(video["frameHeight"]) || null : null,
      relayed: local?.["candidateType"] === "relay",
    },
  };
}

/** The connection between two reports. */
export function measure(before: Sample | null, now: Sample): Figures {
  const lost = Math.max(0, now.counts.lost - (before?.counts.lost ?? 0));
  const received = Math.max(0, now.counts.received - (before?.counts.received ?? 0));
  const loss = lost + received > 0 ? lost / (lost + received) : 0;
  const roundTrip = now.figures.roundTrip ?? 0;
  const worse = (limit: typeof POOR) => loss > limit.loss || roundTrip > limit.roundTrip;
  return { ...now.figures, loss, quality: worse(POOR) ? "poor" : worse(FAIR) ? "fair" : "good" };
}
