import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import type { Plugin, ProxyOptions } from "vite";
import { themeStyles } from "./scripts/theme-styles";

// `npm run dev` serves the app itself and hands the API's paths to a running stack: BASE_URL=http://127.0.0.1:8000
const API = [
  "/users",
  "/consultants",
  "/bookings",
  "/payments",
  "/notifications",
  "/calendar",
  "/photos",
  "/events",
  "/openapi.json",
  "/config",
  "/manifest.webmanifest",
  "/health",
  "/.well-known",
];
const target = process.env["BASE_URL"] ?? "http://127.0.0.1:8000";
const proxy: Record<string, ProxyOptions> = Object.fromEntries(
  API.map((path) => [path, { target, changeOrigin: false }]),
);

/** The gateway sends `file.br` or `file.gz` where the browser takes it: packed once here instead of at every request. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle({ dir }) {
      for (const name of readdirSync(dir ?? "dist", { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const path = join(dir ?? "dist", name);
        const content = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(content));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

/**
 * The service worker: an offline page in place of pages that cannot be fetched, and the built files, whose names change
 * with their content. Answers of the API are never kept. The manifest is the gateway's, which knows the brand.
 */
const pwa = VitePWA({
  filename: "sw.js",
  manifest: false,
  injectRegister: null,
  workbox: {
    globPatterns: ["offline.*", "favicon.svg"],
    globIgnores: ["**/*.{br,gz}"],
    navigateFallback: null,
    inlineWorkboxRuntime: true,
    sourcemap: false,
    skipWaiting: true,
    clientsClaim: true,
    cleanupOutdatedCaches: true,
    runtimeCaching: [
      {
        urlPattern: ({ request }) => request.mode === "navigate",
        handler: "NetworkOnly",
        options: { precacheFallback: { fallbackURL: "/offline.html" } },
      },
      {
        urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith("/assets/"),
        handler: "CacheFirst",
        options: {
          cacheName: "assets",
          expiration: { maxEntries: 150 },
          cacheableResponse: { statuses: [200] },
        },
      },
    ],
  },
});

export default defineConfig({
  plugins: [react(), themeStyles(), pwa, packed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  css: {
    modules: {
      // The gateway's first screens (gateway/site/templates) have the app's classes: "_card_expert-card".
      generateScopedName: (name: string, file: string) =>
        `_${name}_${basename(file.split("?")[0] ?? file, ".module.css")}`,
    },
  },
  server: { proxy },
  preview: { proxy },
  build: {
    target: "es2022",
    // Scripts and styles only ever come from files, so that the gateway's Content-Security-Policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What every page needs comes in two files, of which the libraries' outlives our releases: thirty small ones cost
        // as many requests, of which a browser makes six at a time.
        codeSplitting: {
          groups: [
            { name: "vendor", tags: ["$initial"], test: /node_modules/, priority: 2 },
            { name: "app", tags: ["$initial"], priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    globals: false,
    css: false,
    restoreMocks: true,
    // Screens (*.test.tsx) need a browser's DOM, which takes a second to set up for each file; logic (*.test.ts) doesn't.
    projects: [
      {
        extends: true,
        test: {
          name: "logic",
          include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"],
          environment: "node",
          setupFiles: ["./src/test/locale.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "screens",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          setupFiles: ["./src/test/setup.ts"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
