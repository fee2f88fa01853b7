// Owns the choice of backend: Rust in the window, the pretended one in a browser during development. A release holds no pretended backend.

import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

/** The backend for this page. `?fake=<scenario>` is looked at in development builds only. */
export async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.DEV) {
    const query = new URLSearchParams(location.search);
    if (query.has("fake")) {
      const { fakeFromQuery } = await import("./fake");
      return fakeFromQuery(query);
    }
  }
  return tauriBackend;
}
