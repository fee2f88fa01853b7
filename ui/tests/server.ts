// Owns the pages over the pretended backend, built once and served on a port of their own. Leaves out what looks at them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "vite";

/** Where the pages are, and how they end. */
export interface Served {
  address: string;
  end: () => Promise<void>;
}

export async function serve(): Promise<Served> {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const outDir = mkdtempSync(join(tmpdir(), "latchkey-pages-"));
  // In a process of its own, because here Vite would build what component tests want. Not for production: only then
  // do the pages hold the pretended backend.
  const env = { ...process.env };
  delete env["VITEST"];
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const words = ["build", "--mode", "development", "--outDir", outDir, "--logLevel", "error", "--emptyOutDir"];
  execFileSync(process.execPath, [vite, ...words], { cwd: root, env: { ...env, NODE_ENV: "development" } });
  const server = await preview({
    root,
    logLevel: "error",
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the pages are not served");
  return {
    address,
    end: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
