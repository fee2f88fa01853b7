// Owns the scenarios behind `?fake=<name>` in development: each sets the knobs for one state of the app.
//
// `?fake=demo&fail=createKey:not_owner&fail=…&latency=400&theme=dark` also makes commands fail or slow.

import { errorView } from "../../lib/failure";
import type { ErrorCode } from "../generated/ErrorCode";
import * as data from "./data";
import { type Command, createFake, type Fake, type Knobs } from "./index";
import { scene } from "./projects";

const SCENARIOS: Record<string, (knobs: Knobs) => void> = {
  demo: (knobs) => {
    knobs.addServices();
  },
  "basic-memory": () => undefined,
  "first-run": (knobs) => {
    knobs.accounts = [];
    knobs.keys = [];
    knobs.activity = [];
  },
  "first-run-nothing-found": (knobs) => {
    knobs.accounts = [];
    knobs.keys = [];
    knobs.activity = [];
    knobs.found = [];
  },
  empty: (knobs) => {
    knobs.accounts = knobs.accounts.filter((account) => account.id === "work");
    knobs.keys = [];
    knobs.activity = [];
  },
  "one-account": (knobs) => {
    knobs.accounts = knobs.accounts.filter((account) => account.id === "work");
    knobs.keys = knobs.keys.filter((key) => key.account === "work");
  },
  "no-list": (knobs) => {
    knobs.accounts = knobs.accounts.filter((account) => account.id === "work");
    knobs.changeAccount("work", { capability: data.OFFERS_CREATE, reports_use: false });
    knobs.confirmsExpiry = false;
    knobs.keys = knobs.keys
      .slice(0, 6)
      .map((key) => ({ ...key, last_use: { kind: "not_reported" }, origin: "adopted", has_remote_id: false }));
  },
  offline: (knobs) => {
    for (const account of knobs.accounts) {
      knobs.changeAccount(account.id, {
        failure: errorView("offline", { host: "cloud.basicmemory.com" }),
        checked_at: data.iso(knobs.now - 2 * 3_600_000),
      });
    }
  },
  "partly-loaded": (knobs) => {
    knobs.changeAccount("home", {
      sign_in: "signed_in",
      failure: errorView("service_failed", { status: 503, host: "cloud.basicmemory.com" }),
    });
  },
  checking: (knobs) => {
    for (const account of knobs.accounts) knobs.changeAccount(account.id, { checking: true, checked_at: null });
    knobs.keys = [];
  },
  "keychain-locked": (knobs) => {
    knobs.storage = { ...knobs.storage, state: "locked" };
  },
  "keychain-absent": (knobs) => {
    knobs.storage = { name: "Keychain", state: "absent", session_only: false };
  },
  "keychain-denied": (knobs) => {
    knobs.storage = { ...knobs.storage, state: "denied" };
  },
  "keychain-waiting": (knobs) => {
    knobs.storage = { ...knobs.storage, state: "waiting" };
  },
  session: (knobs) => {
    knobs.storage = { name: "Keychain", state: "absent", session_only: true };
  },
  locked: (knobs) => {
    knobs.locked = true;
  },
  sandbox: (knobs) => {
    knobs.sandbox = true;
    knobs.addServices();
    const labels: Record<string, string> = { work: "Notes", tidepool: "API", lab: "OS", helpdesk: "Kit" };
    knobs.accounts = knobs.accounts
      .filter((account) => account.id in labels)
      .map((account) => ({
        ...account,
        label: labels[account.id] ?? account.label,
        sandbox: true,
        host: "http://127.0.0.1:41873",
        checked_at: data.iso(knobs.now - 4000),
      }));
    knobs.keys = knobs.keys.filter((key) => key.account in labels);
  },
  due: (knobs) => {
    knobs.addServices();
    knobs.due = ["mem-1", "key-4", "mos-1", "key-2"].map((id, index) => {
      const key = knobs.key(id);
      const at = index === 1 ? data.iso(knobs.now - 86_400_000) : data.iso(knobs.now + (index + 1) * 86_400_000);
      return {
        key: id,
        name: key.name,
        provider: key.provider,
        kind: index === 2 ? "reminder" : "expiry",
        at,
        days: 1,
      };
    });
  },
  troubled: (knobs) => {
    knobs.addServices();
    knobs.changeAccount("home", {
      sign_in: "signed_in",
      failure: errorView("offline", { host: "cloud.basicmemory.com" }),
    });
    knobs.changeAccount("tidepool", {
      failure: errorView("rate_limited", { status: 429, retry_at: data.iso(knobs.now + 24_000) }),
      retry: { at: data.iso(knobs.now + 24_000), attempt: 2, of: 3 },
    });
    knobs.changeAccount("lab", { checking: true, checked_at: null, lacks: ["admin"] });
  },
  "admin-refused": (knobs) => {
    knobs.addServices();
    knobs.changeAccount("home", { sign_in: "signed_in" });
    knobs.changeAccount("tidepool", { sign_in: "needed" });
    knobs.changeAccount("lab", { lacks: ["admin"] });
  },
  many: (knobs) => {
    multiply(knobs, 2000);
  },
  "very-many": (knobs) => {
    multiply(knobs, 100_000);
  },
};

function multiply(knobs: Knobs, length: number): void {
  const some = knobs.keys;
  knobs.keys = Array.from({ length }, (_, index) => {
    const key = some[index % some.length] ?? knobs.key("key-1");
    return { ...key, id: `key-${String(index + 1)}`, name: `${key.name} ${String(index + 1)}` };
  });
}

/** A fake as the page's address asks for it. An unknown scenario is the demo. */
export function fakeFromQuery(query: URLSearchParams): Fake {
  const fake = createFake();
  const knobs = fake.knobs;
  const name = query.get("fake") ?? "demo";
  if (!scene(knobs, name)) SCENARIOS[name]?.(knobs);
  knobs.latency = Number(query.get("latency") ?? "0");
  const theme = query.get("theme");
  if (theme !== null) knobs.settings = { ...knobs.settings, theme };
  if (query.has("proof")) knobs.proof = proofOf(query.get("proof"));
  for (const fault of query.getAll("fail")) {
    const [command, code] = fault.split(":");
    knobs.fail(command as Command, code as ErrorCode, {
      host: "cloud.basicmemory.com",
      retry_at: data.iso(knobs.now + 24_000),
      url: "https://basicmemory.com/pricing",
    });
  }
  // Reachable from the console and from pictures: latchkeyFake.signInTo("slow_down").
  (globalThis as unknown as Record<string, unknown>)["latchkeyFake"] = knobs;
  return fake;
}

function proofOf(name: string | null): Knobs["proof"] {
  return name === "listed" || name === "still_accepted" || name === "no_secret" || name === "could_not_tell"
    ? name
    : "refused";
}
