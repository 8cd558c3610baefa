/** How loud a microphone is, and a tone to find out whether one hears anything. */

/** Calls back with the loudness, from 0 to 1, some times a second. Returns what ends that. */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    onLevel(loudness(wave));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Speech spans about 50 decibels: that is the scale. */
export function loudness(wave: Float32Array): number {
  const mean = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
  const decibels = 10 * Math.log10(mean + 1e-10);
  return Math.min(1, Math.max(0, (decibels + 55) / 50));
}

/** Plays two soft notes through a speaker. Resolves when they have faded. */
export async function playTestTone(speaker: string): Promise<void> {
  const context: AudioContext & { setSinkId?: (id: string) => Promise<void> } = new AudioContext();
  try {
    if (speaker) await context.setSinkId?.(speaker).catch(() => undefined);
    for (const [index, frequency] of [523.25, 659.25].entries()) {
      const start = context.currentTime + index * 0.35;
      const oscillator = new OscillatorNode(context, { frequency });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.linearRampToValueAtTime(0.2, start + 0.05);
      gain.gain.linearRampToValueAtTime(0, start + 0.4);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(start);
      oscillator.stop(start + 0.45);
    }
    await new Promise((done) => setTimeout(done, 900));
  } finally {
    await context.close();
  }
}
