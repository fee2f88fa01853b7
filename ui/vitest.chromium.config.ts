// Owns how the checks in a real browser are run: Chromium over the pretended backend. Those of the components are vite.config.ts.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    // Each file starts a browser of its own, and two cores bear one.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
