// Owns how an account's state reads in the sidebar: a shape and words together.

import type { Mark } from "../components/marks";
import type { AccountView } from "../ipc/generated/AccountView";

/** Words and shape. */
export interface AccountState {
  words: string;
  mark: Mark;
  tone: "ok" | "warn" | "idle";
}

/** What matters most about an account right now. */
export function accountState(account: AccountView, service: string): AccountState {
  if (account.sign_in === "needed") return { words: "Sign in again", mark: "mark", tone: "warn" };
  if (account.sign_in === "signed_out") return { words: "Signed out", mark: "dashed", tone: "idle" };
  const code = account.failure?.code;
  if (code === "offline" || code === "no_answer") return { words: "Offline", mark: "dashed", tone: "idle" };
  if (code !== undefined) return { words: "Couldn’t read keys", mark: "mark", tone: "warn" };
  return { words: service, mark: "disc", tone: "ok" };
}
