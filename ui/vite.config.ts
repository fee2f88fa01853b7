// Owns how the front end is served, built and tested. Leaves out lint and types.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// A few files that parts share instead of thirty: each file is a question to the shell.
const SHARED = [
  { name: "window", tags: ["$initial" as const], priority: 3 },
  {
    name: "layers",
    test: /bits-ui|floating-ui|svelte-toolbelt|runed|tabbable|components\/(Dialog|Menu|Picker)\.svelte/,
    priority: 2,
  },
  { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 16_000, priority: 1 },
];

/** Names of files. What is shared would be named after all that share it. */
function brief(ending: string) {
  return ({ name }: { name?: string }): string =>
    name?.startsWith("shared") === true ? `assets/shared-[hash].${ending}` : `assets/[name]-[hash].${ending}`;
}

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  // The window finds its files by relative paths, whatever scheme serves them.
  base: "./",
  clearScreen: false,
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  build: {
    target: "es2022",
    // An inlined asset would be a data: address, which the content security policy refuses for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: SHARED }, chunkFileNames: brief("js"), assetFileNames: brief("[ext]") },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // What is a day on the screen is one of the person's own; the expected days are those of this zone.
    env: { TZ: "UTC" },
  },
});
