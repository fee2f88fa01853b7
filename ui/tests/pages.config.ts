// Owns how the pages over the pretended backend are bundled. Unlike those of the app they are in few large files: the
// pretended backend is a part that the first file waits for, so the first file must not hold what that part needs.

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 10_000 },
});
