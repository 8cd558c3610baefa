/** Browsers slow down the timers of pages in the background to one a minute, but not those of workers. */
self.addEventListener("message", ({ data }: MessageEvent<number>) => {
  setInterval(() => self.postMessage(null), data);
});
