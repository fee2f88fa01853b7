// Owns the pretended accounts, keys and activity of the fake backend. Believable, invented, and relative to the moment it starts.

import type { AccountView } from "../generated/AccountView";
import type { ActivityView } from "../generated/ActivityView";
import type { CapabilityView } from "../generated/CapabilityView";
import type { ExpiryView } from "../generated/ExpiryView";
import type { FoundView } from "../generated/FoundView";
import type { KeyView } from "../generated/KeyView";
import type { LastUseView } from "../generated/LastUseView";
import type { LockView } from "../generated/LockView";
import type { NotedPlaceView } from "../generated/NotedPlaceView";
import type { SettingsView } from "../generated/SettingsView";
import type { WorkspaceView } from "../generated/WorkspaceView";
import { AUTHORIZATION_SERVER, HOST } from "./providers";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export { AUTHORIZATION_SERVER, HOST, PROVIDERS } from "./providers";

export const SETTINGS: SettingsView = {
  theme: "system",
  zoom: 100,
  clipboard_seconds: 30,
  keep_by_default: true,
  letter_shortcuts: true,
  lock_after_minutes: 10,
  allow_clipboard_history: false,
  notifications: true,
};

export const OFFERS_ALL: CapabilityView = {
  list: { answer: "yes" },
  create: { answer: "yes" },
  revoke: { answer: "yes" },
  expiry: { answer: "yes" },
};

export const OFFERS_CREATE: CapabilityView = {
  list: { answer: "no", status: 404 },
  create: { answer: "yes" },
  revoke: { answer: "no", status: 405 },
  expiry: { answer: "no", status: 422 },
};

export const NOTHING_ASKED: CapabilityView = {
  list: { answer: "not_asked" },
  create: { answer: "not_asked" },
  revoke: { answer: "not_asked" },
  expiry: { answer: "not_asked" },
};

const WORKSPACES: WorkspaceView[] = [
  { id: "ws-acme", name: "Acme team", role: "owner", is_default: true, may_create_keys: true },
  { id: "ws-personal", name: "Personal", role: "owner", is_default: false, may_create_keys: true },
  { id: "ws-lab", name: "Research lab", role: "member", is_default: false, may_create_keys: false },
];

export function account(id: string, label: string, email: string, change: Partial<AccountView> = {}): AccountView {
  return {
    id,
    provider: "basic-memory",
    label,
    email,
    sandbox: false,
    sign_in: "signed_in",
    host: HOST,
    authorization_server: AUTHORIZATION_SERVER,
    client_id: "client_01EXAMPLE",
    loopback: false,
    capability: OFFERS_ALL,
    workspaces: WORKSPACES,
    checked_at: null,
    checking: false,
    failure: null,
    reports_use: true,
    kept_secrets: 0,
    method: "browser",
    admin_key: null,
    lacks: [],
    usage: null,
    rate_limit: null,
    retry: null,
    clock_ahead_seconds: null,
    ...change,
  };
}

export function accounts(now: number): AccountView[] {
  return [
    account("work", "Work", "robin@acme.example", { checked_at: iso(now - 12_000) }),
    account("home", "Home", "robin@home.example", {
      sign_in: "needed",
      workspaces: [{ id: "ws-home", name: "Personal", role: "owner", is_default: true, may_create_keys: true }],
      checked_at: iso(now - 3 * DAY),
      capability: NOTHING_ASKED,
    }),
  ];
}

/** Prefix of the secret that is kept or just made; the whole secret is `secretOf(prefix)`. */
export function secretOf(prefix: string): string {
  return `${prefix}-not-a-real-key-EXAMPLE`;
}

interface Line {
  name: string;
  prefix: string | null;
  account?: string;
  workspace?: string;
  created: number;
  used: number | "never" | "unknown";
  ends: number | "never" | "unknown" | { reminder: number };
  status?: KeyView["status"];
  kept?: KeyView["kept"];
  origin?: KeyView["origin"];
}

// Days before now, except `used`, which is minutes before now, and `ends`, which is days after now.
const LINES: Line[] = [
  { name: "work-laptop", prefix: "bmc_K7xR", created: 69, used: 3, ends: 22, kept: "keychain" },
  { name: "Production backend", prefix: "bmc_p2Nd", created: 86, used: 12, ends: 5 },
  {
    name: "Claude Desktop at home",
    prefix: "bmc_w9Td",
    workspace: "Personal",
    created: 47,
    used: 41,
    ends: 318,
    kept: "keychain",
  },
  { name: "CI nightly", prefix: "bmc_c1Ay", created: 28, used: 540, ends: 2, kept: "keychain" },
  { name: "Editors", prefix: "bmc_E5gh", created: 21, used: 1700, ends: 69, kept: "keychain" },
  { name: "Staging worker", prefix: "bmc_s8Wk", created: 48, used: 4400, ends: 42 },
  { name: "Analytics", prefix: "bmc_a3Lq", created: 120, used: 7300, ends: "never" },
  {
    name: "Cursor side project",
    prefix: "bmc_u6Rs",
    workspace: "Personal",
    created: 8,
    used: 9000,
    ends: 82,
    kept: "keychain",
  },
  { name: "Webhook trial", prefix: "bmc_h4Jt", created: 201, used: 198_000, ends: 164, status: "unused" },
  { name: "Old importer", prefix: "bmc_o7Im", created: 260, used: 216_000, ends: "never", status: "unused" },
  {
    name: "Travel tablet",
    prefix: "bmc_t0Vb",
    workspace: "Personal",
    created: 106,
    used: "never",
    ends: 259,
    status: "unused",
    kept: "keychain",
  },
  { name: "notes-api .env", prefix: "bmc_n2Ae", created: 16, used: 380, ends: { reminder: 71 }, kept: "keychain" },
  { name: "Docs indexer", prefix: "bmc_d5Zk", created: 136, used: 15_900, ends: { reminder: 33 } },
  {
    name: "GitHub Actions for the docs site and its preview deployments",
    prefix: "bmc_g8Yx",
    created: 30,
    used: 95,
    ends: 60,
  },
  {
    name: "Home server",
    prefix: "bmc_Hs3v",
    account: "home",
    workspace: "Personal",
    created: 90,
    used: 5000,
    ends: "never",
    kept: "keychain",
  },
  { name: "Conference demo", prefix: "bmc_h2Vd", created: 25, used: 17_300, ends: -11, status: "expired" },
  { name: "Temp migration", prefix: "bmc_Qm7s", created: 172, used: 119_000, ends: -82, status: "expired" },
  { name: "old-laptop", prefix: "bmc_Lm9c", created: 322, used: 170_000, ends: "unknown", status: "revoked" },
  { name: "Leaked in a log", prefix: "bmc_t2Wq", created: 185, used: 181_000, ends: "unknown", status: "revoked" },
  {
    name: "Kitchen tablet",
    prefix: null,
    account: "home",
    workspace: "Personal",
    created: 4,
    used: "unknown",
    ends: "unknown",
    origin: "intended",
  },
];

/** What a key has only at some services. */
export const NOTHING_MORE = {
  environment: null,
  scopes: null,
  project: null,
  rate_limit: null,
  is_admin_key: false,
  woke_at: null,
  hints: [],
  folded: false,
} satisfies Partial<KeyView>;

export function keys(now: number): KeyView[] {
  return LINES.map((line, index) => key(line, index, now));
}

function key(line: Line, index: number, now: number): KeyView {
  const status = line.status ?? (typeof line.ends === "number" && line.ends <= 7 ? "expiring" : "active");
  return {
    id: `key-${String(index + 1)}`,
    account: line.account ?? "work",
    name: line.name,
    prefix: line.prefix,
    workspace: line.workspace ?? "Acme team",
    workspace_confirmed: true,
    created_at: iso(now - line.created * DAY - 3 * HOUR),
    last_use: lastUse(line.used, now),
    expiry: expiry(line.ends, now),
    status,
    revoked_at: status === "revoked" ? iso(now - 100 * DAY) : null,
    origin: line.origin ?? "listed",
    kept: line.kept ?? "nowhere",
    has_remote_id: line.origin === undefined,
    ...NOTHING_MORE,
    provider: "basic-memory",
  };
}

function lastUse(used: Line["used"], now: number): LastUseView {
  if (used === "unknown") return { kind: "not_reported" };
  if (used === "never") return { kind: "never" };
  return { kind: "at", at: iso(now - used * MINUTE) };
}

function expiry(ends: Line["ends"], now: number): ExpiryView {
  if (ends === "unknown") return { kind: "unknown" };
  if (ends === "never") return { kind: "never" };
  if (typeof ends === "number") return { kind: "at_service", at: iso(now + ends * DAY) };
  return { kind: "reminder", at: iso(now + ends.reminder * DAY) };
}

export function notedPlaces(): Record<string, NotedPlaceView[]> {
  return {
    "key-1": [
      { id: "place-1", name: "GitHub Actions", detail: "acme/notes" },
      { id: "place-2", name: "prod server", detail: "/etc/notes/env" },
    ],
    "key-2": [{ id: "place-3", name: "prod server", detail: "/etc/notes/env" }],
  };
}

export function found(): FoundView[] {
  return [
    {
      id: "found-1",
      provider: "basic-memory",
      kind: "api_key",
      place: "~/.basic-memory/config.json",
      prefix: "bmc_f3Xm",
      problem: null,
    },
    {
      id: "found-2",
      provider: "basic-memory",
      kind: "sign_in",
      place: "~/.basic-memory/basic-memory-cloud.json",
      prefix: null,
      problem: null,
    },
  ];
}

export function activity(now: number): ActivityView[] {
  const lines: [minutes: number, kind: string, outcome: string, subject: string, facts: [string, string][]][] = [
    [2, "key_copied", "done", "work-laptop", [["Clipboard", "Cleared after 30 s"]]],
    [26, "last_use_moved", "done", "work-laptop", [["Was", "14:12"]]],
    [64, "key_kept", "done", "CI nightly", [["Kept in", "Login keychain"]]],
    [
      66,
      "key_created",
      "done",
      "CI nightly",
      [
        ["Workspace", "Acme team"],
        ["Expires", "Confirmed by Basic Memory"],
        ["Prefix", "bmc_c1Ay…"],
      ],
    ],
    [
      190,
      "signed_in",
      "done",
      "Work",
      [
        ["Workspaces", "Acme team, Personal, Research lab"],
        ["Host", "cloud.basicmemory.com"],
      ],
    ],
    [1500, "revoke_proved", "done", "Leaked in a log", [["Proof", "Refused with 401"]]],
    [
      1501,
      "key_revoked",
      "done",
      "Leaked in a log",
      [
        ["Answer", "204"],
        ["Order", "Revoked first: it leaked"],
      ],
    ],
    [
      1530,
      "list_failed",
      "failed",
      "Home",
      [
        ["Answer", "401"],
        ["Next", "Sign in again"],
      ],
    ],
    [1611, "sign_in_ended", "failed", "Home", [["Answer", "invalid_grant"]]],
    [
      25_000,
      "key_adopted",
      "done",
      "Docs indexer",
      [
        ["From", "Pasted"],
        ["Checked", "Works"],
      ],
    ],
    [26_000, "key_intended", "started", "Kitchen tablet", [["Answer", "Lost"]]],
    [27_500, "account_added", "done", "Home", [["Host", "cloud.basicmemory.com"]]],
  ];
  return lines.map(([minutes, kind, outcome, subject, facts], index) => ({
    id: `activity-${String(index + 1)}`,
    at: iso(now - minutes * MINUTE),
    kind,
    outcome,
    account: subject === "Home" || subject === "Kitchen tablet" ? "home" : "work",
    key: null,
    subject,
    facts: facts.map(([label, value]) => ({ label, value })),
  }));
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The lock of an app that nobody used for ten minutes. */
export function lock(now: number): LockView {
  return { at: iso(now), by: "idle", minutes: 10, clipboard_cleared: true, secret_waits: false };
}
