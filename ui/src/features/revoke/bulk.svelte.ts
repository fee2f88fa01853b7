// Owns revoking several keys one after another: which can be, how far it is, what became of each. Leaves out words and pictures.

import type { ErrorView } from "../../ipc/generated/ErrorView";
import type { RevokePlanView } from "../../ipc/generated/RevokePlanView";
import type { RevokeResultView } from "../../ipc/generated/RevokeResultView";
import { failureOf } from "../../lib/failure";
import type { Keys } from "../../state/keys.svelte";

/** How a key can be ended: from here, or what comes before it. */
export type Way = "here" | "browser" | "acting" | "signed_out" | "ended";

/** How far one key is. A key that still works after its turn has failed. */
export type LineState = "waiting" | "working" | "done" | "browser" | "failed";

/** One key of the run. */
export interface Line {
  plan: RevokePlanView;
  way: Way;
  state: LineState;
  result: RevokeResultView | null;
  failure: ErrorView | null;
}

/** The run as a whole. */
export class BulkRevoke {
  lines = $state.raw<readonly Line[]>([]);
  /** Why the plans could not be read. */
  failure = $state.raw<ErrorView | null>(null);
  loaded = $state(false);
  running = $state(false);
  /** Whether the person asked to stop after the key that is being revoked. */
  stopping = $state(false);
  /** Whether anything was sent. */
  begun = $state(false);
  #keys: Keys;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** The keys that can be revoked from here. */
  readonly here = $derived(this.lines.filter((line) => line.way === "here"));
  /** The others, each with its own way. */
  readonly others = $derived(this.lines.filter((line) => line.way !== "here"));
  readonly done = $derived(this.here.filter((line) => line.state === "done").length);
  /** What was not reached. */
  readonly left = $derived(this.here.filter((line) => line.state === "waiting").length);
  readonly failed = $derived(this.here.filter((line) => line.state === "failed" || line.state === "browser").length);
  /** The place of the key that is being revoked, from 1. */
  readonly turn = $derived(this.here.findIndex((line) => line.state === "working") + 1);

  /** Asks what each revoke would do. A key that is gone meanwhile is left out. */
  async load(ids: readonly string[]): Promise<void> {
    this.failure = null;
    this.loaded = false;
    try {
      const lines: Line[] = [];
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const plans = await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => this.#plan(id)));
        for (const plan of plans) if (plan !== null) lines.push(blank(plan));
      }
      this.lines = lines;
      this.loaded = true;
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }

  /** Revokes every key that waits, one after another. A failure stops none of the others; a lock stops all. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.begun = true;
    this.stopping = false;
    for (const { plan, state } of this.here) {
      if (state !== "waiting") continue;
      if (this.#toStop()) break;
      await this.#revoke(plan);
    }
    this.running = false;
    this.stopping = false;
  }

  /** Tries one key again that failed. What it would do is asked anew: it may have changed. */
  async again(id: string): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const plan = await this.#plan(id);
      if (plan !== null) {
        this.#change(id, { ...blank(plan) });
        if (blank(plan).way === "here") await this.#revoke(plan);
      }
    } catch (reason) {
      this.#change(id, { state: "failed", failure: failureOf(reason) });
    }
    this.running = false;
  }

  /** Ends after the key that is being revoked. */
  stop(): void {
    if (this.running) this.stopping = true;
  }

  /** The ids of the keys that are revoked. */
  get revoked(): string[] {
    return this.lines.filter((line) => line.state === "done").map((line) => line.plan.key.id);
  }

  async #plan(id: string): Promise<RevokePlanView | null> {
    try {
      return await this.#keys.revokePlan(id);
    } catch (reason) {
      if (failureOf(reason).code === "not_found") return null;
      throw reason;
    }
  }

  async #revoke(plan: RevokePlanView): Promise<void> {
    const id = plan.key.id;
    this.#change(id, { state: "working", failure: null, result: null });
    try {
      // The person confirmed this list by its number, so each key's own words are given for them. A key that
      // was used since the list was shown asks for words that this plan hasn't got, and is refused.
      const result = await this.#keys.revoke(id, plan.confirmation?.text ?? null, false);
      this.#change(id, { state: result.revoked ? "done" : "failed", result });
    } catch (reason) {
      const failure = failureOf(reason);
      if (failure.code === "locked") {
        this.#change(id, { state: "waiting" });
        this.stopping = true;
      } else {
        this.#change(id, { state: failure.code === "not_offered" ? "browser" : "failed", failure });
      }
    }
  }

  /** Asked anew for each key: the person, or a lock, may have answered while one was revoked. */
  #toStop(): boolean {
    return this.stopping;
  }

  #change(id: string, change: Partial<Line>): void {
    this.lines = this.lines.map((line) => (line.plan.key.id === id ? { ...line, ...change } : line));
  }
}

/** How many plans are asked for side by side; they are read from this computer. */
const AT_ONCE = 16;

function blank(plan: RevokePlanView): Line {
  return { plan, way: wayOf(plan), state: "waiting", result: null, failure: null };
}

function wayOf(plan: RevokePlanView): Way {
  if (plan.key.status === "revoked" || plan.key.status === "expired") return "ended";
  if (plan.current_admin_key) return "acting";
  if (plan.in_browser) return "browser";
  return plan.account.sign_in === "signed_in" ? "here" : "signed_out";
}
