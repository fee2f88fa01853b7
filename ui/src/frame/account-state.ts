// Owns the shape that stands for an account's state in the sidebar, always beside its words.

import type { Mark } from "../components/marks";
import type { Standing } from "../lib/accounts";

/** A shape and its colour. */
export interface AccountMark {
  mark: Mark;
  tone: "ok" | "warn" | "idle";
}

const MARKS: Record<Standing, AccountMark> = {
  ok: { mark: "disc", tone: "ok" },
  checking: { mark: "dashed", tone: "idle" },
  retrying: { mark: "dashed", tone: "idle" },
  offline: { mark: "dashed", tone: "idle" },
  signed_out: { mark: "dashed", tone: "idle" },
  needed: { mark: "mark", tone: "warn" },
  failed: { mark: "mark", tone: "warn" },
};

/** The shape for a state. */
export function markOf(standing: Standing): AccountMark {
  return MARKS[standing];
}
