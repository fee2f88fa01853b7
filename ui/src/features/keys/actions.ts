// Owns the list of what can be done to a key from its row and its drawer.

import type { KeyView } from "../../ipc/generated/KeyView";

/** What the page does when it is asked to. */
export interface RowActions {
  copy: (key: KeyView) => void;
  /** Sends one request with the key and shows what came back. */
  test: (key: KeyView) => void;
  revoke: (key: KeyView) => void;
  forget: (key: KeyView) => void;
  remove: (key: KeyView) => void;
  /** Why nothing can be revoked now, or null. */
  noRevoke: string | null;
}
