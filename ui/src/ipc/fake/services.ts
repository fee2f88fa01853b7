// Owns the pretended accounts and keys of Memory API, Memory OS and MemoryKit, beside those of Basic Memory in data.ts.

import type { AccountView } from "../generated/AccountView";
import type { CapabilityView } from "../generated/CapabilityView";
import type { KeyView } from "../generated/KeyView";
import { account, iso, NOTHING_MORE, OFFERS_ALL } from "./data";
import { MEMORY_API_HOST, MEMORY_KIT_HOST, MEMORY_OS_HOST } from "./providers";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const OFFERS_OS: CapabilityView = {
  list: { answer: "yes" },
  create: { answer: "yes" },
  revoke: { answer: "no", status: 405 },
  expiry: { answer: "no", status: 422 },
};

const OFFERS_NOTHING: CapabilityView = {
  list: { answer: "no", status: 404 },
  create: { answer: "no", status: 404 },
  revoke: { answer: "no", status: 404 },
  expiry: { answer: "no", status: 404 },
};

const byKey = {
  email: null,
  authorization_server: null,
  client_id: null,
  workspaces: [],
} satisfies Partial<AccountView>;

/** Tidepool, Lab and Helpdesk. */
export function accounts(now: number): AccountView[] {
  const at = iso(now - 12_000);
  return [
    account("tidepool", "Tidepool", "", {
      ...byKey,
      provider: "memory-api",
      host: MEMORY_API_HOST,
      method: "admin_key",
      admin_key: "mem-admin",
      capability: OFFERS_ALL,
      checked_at: at,
      usage: {
        plan: "Starter",
        lines: [
          { label: "API calls", used: 8412, limit: 50_000, unit: "this month" },
          { label: "Memories stored", used: 1290, limit: null, unit: "" },
        ],
        at,
      },
      rate_limit: { limit: 60, remaining: 58, resets_at: iso(now + 40_000), at },
    }),
    account("lab", "Lab", "", {
      ...byKey,
      provider: "memory-os",
      host: MEMORY_OS_HOST,
      method: "admin_key",
      admin_key: "mos-admin",
      capability: OFFERS_OS,
      checked_at: at,
      reports_use: false,
      rate_limit: { limit: 100, remaining: 97, resets_at: iso(now + 50_000), at },
    }),
    account("helpdesk", "Helpdesk", "", {
      ...byKey,
      provider: "memory-kit",
      host: MEMORY_KIT_HOST,
      method: "dashboard",
      sign_in: "not_used",
      capability: OFFERS_NOTHING,
      reports_use: false,
    }),
  ];
}

interface Line {
  id: string;
  name: string;
  prefix: string;
  scopes: string[] | null;
  created: number;
  used: number | "never" | "unknown";
  ends: number | "never" | "unknown" | { reminder: number };
  change?: Partial<KeyView>;
}

// Days before now, except `used`, which is minutes before now, and `ends`, which is days after now.
const LINES: Record<string, Line[]> = {
  tidepool: [
    {
      id: "mem-1",
      name: "Production backend",
      prefix: "mem_live_9fQ2",
      scopes: ["read", "write"],
      created: 85,
      used: 8,
      ends: 5,
      change: { kept: "keychain" },
    },
    {
      id: "mem-2",
      name: "CI nightly",
      prefix: "mem_test_Wd8e",
      scopes: ["read", "write"],
      created: 88,
      used: 540,
      ends: 2,
    },
    {
      id: "mem-3",
      name: "Staging worker",
      prefix: "mem_test_3nLx",
      scopes: ["read", "write", "delete"],
      created: 18,
      used: 1500,
      ends: 42,
      change: { kept: "keychain" },
    },
    {
      id: "mem-4",
      name: "Analytics",
      prefix: "mem_live_R6yc",
      scopes: ["read"],
      created: 251,
      used: 8700,
      ends: "never",
      change: { woke_at: "woke", hints: ["older_than_90_days"] },
    },
    {
      id: "mem-5",
      name: "Old importer",
      prefix: "mem_live_u4Jt",
      scopes: ["read", "write"],
      created: 313,
      used: 161_280,
      ends: "never",
      change: { status: "unused", hints: ["unused_90_days", "older_than_90_days"] },
    },
    {
      id: "mem-6",
      name: "Webhook trial",
      prefix: "mem_test_Ee1m",
      scopes: ["write"],
      created: 201,
      used: 201_600,
      ends: 164,
      change: { status: "unused", hints: ["unused_90_days"] },
    },
    {
      id: "mem-7",
      name: "Temp migration",
      prefix: "mem_test_Qm7s",
      scopes: ["read", "write"],
      created: 172,
      used: 119_520,
      ends: -82,
      change: { status: "expired" },
    },
    {
      id: "mem-8",
      name: "Leaked in a log",
      prefix: "mem_live_t2Wq",
      scopes: ["read", "write"],
      created: 185,
      used: 181_440,
      ends: "unknown",
      change: { status: "revoked" },
    },
    {
      id: "mem-admin",
      name: "Latchkey admin",
      prefix: "mem_live_8sQd",
      scopes: ["read", "write", "delete", "admin"],
      created: 12,
      used: 1,
      ends: "never",
      change: { kept: "keychain", is_admin_key: true },
    },
    {
      id: "mem-admin-2",
      name: "Second admin",
      prefix: "mem_live_Lp3v",
      scopes: ["read", "write", "delete", "admin"],
      created: 3,
      used: "never",
      ends: 87,
      change: { kept: "keychain" },
    },
  ],
  lab: [
    {
      id: "mos-1",
      name: "Search gateway",
      prefix: "mos_live_a1B2",
      scopes: ["search:read"],
      created: 19,
      used: "unknown",
      ends: { reminder: 71 },
      change: { kept: "keychain", rate_limit: 600, origin: "created" },
    },
    {
      id: "mos-2",
      name: "Import test",
      prefix: "mos_test_B4rz",
      scopes: ["memories:write"],
      created: 285,
      used: "unknown",
      ends: "unknown",
      change: { status: "revoked" },
    },
    {
      id: "mos-admin",
      name: "Lab admin",
      prefix: "mos_live_Ad7k",
      scopes: ["admin"],
      created: 20,
      used: "unknown",
      ends: "unknown",
      change: { kept: "keychain", is_admin_key: true },
    },
  ],
  helpdesk: [
    {
      id: "ctx-1",
      name: "Support assistant",
      prefix: "ctx_5vHq",
      scopes: ["memories:read", "chats:read", "chats:write"],
      created: 63,
      used: "unknown",
      ends: { reminder: 33 },
      change: { kept: "keychain", project: "Helpdesk", origin: "adopted", has_remote_id: false },
    },
    {
      id: "ctx-2",
      name: "Docs indexer",
      prefix: "ctx_Zk0P",
      scopes: ["memories:write"],
      created: 136,
      used: "unknown",
      ends: "unknown",
      change: { project: "Handbook", origin: "adopted", has_remote_id: false, hints: ["older_than_90_days"] },
    },
  ],
};

const PROVIDER_OF: Record<string, string> = { tidepool: "memory-api", lab: "memory-os", helpdesk: "memory-kit" };

/** The keys of the three accounts. */
export function keys(now: number): KeyView[] {
  return Object.entries(LINES).flatMap(([owner, lines]) => lines.map((line) => key(owner, line, now)));
}

function key(owner: string, line: Line, now: number): KeyView {
  const ends = line.ends;
  const revoked = line.change?.status === "revoked";
  return {
    id: line.id,
    account: owner,
    name: line.name,
    prefix: line.prefix,
    workspace: null,
    workspace_confirmed: true,
    created_at: iso(now - line.created * DAY),
    last_use:
      line.used === "unknown"
        ? { kind: "not_reported" }
        : line.used === "never"
          ? { kind: "never" }
          : { kind: "at", at: iso(now - line.used * MINUTE) },
    expiry:
      ends === "never" || ends === "unknown"
        ? { kind: ends }
        : typeof ends === "number"
          ? { kind: "at_service", at: iso(now + ends * DAY) }
          : { kind: "reminder", at: iso(now + ends.reminder * DAY) },
    status: typeof ends === "number" && ends <= 7 ? "expiring" : "active",
    revoked_at: revoked ? iso(now - 100 * DAY) : null,
    origin: "listed",
    kept: "nowhere",
    has_remote_id: true,
    ...NOTHING_MORE,
    provider: PROVIDER_OF[owner] ?? "",
    environment: /_(live|test)_/.exec(line.prefix)?.[1] ?? null,
    scopes: line.scopes,
    folded: revoked,
    ...line.change,
    ...(line.change?.woke_at == null ? {} : { woke_at: iso(now - 8700 * MINUTE) }),
  };
}
