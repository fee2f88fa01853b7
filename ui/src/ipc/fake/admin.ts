// Owns the fake's commands about accounts that a key acts for, tests, reminders and inventories. Every secret stays pretended.

import { errorView, Failure } from "../../lib/failure";
import type { Backend } from "../backend";
import type { AccountView } from "../generated/AccountView";
import type { AdminKeyView } from "../generated/AdminKeyView";
import type { KeyTestView } from "../generated/KeyTestView";
import type { PastedView } from "../generated/PastedView";
import * as data from "./data";
import type { Call, Knobs } from "./index";
import { PROVIDERS } from "./providers";

type AdminCommands = Pick<
  Backend,
  | "checkAdminKey"
  | "addAccount"
  | "replaceAdminKey"
  | "useAsAdminKey"
  | "setHost"
  | "refreshUsage"
  | "cancelRetry"
  | "testKey"
  | "testPasted"
  | "setReminder"
  | "addToCalendar"
  | "dismissDue"
  | "seen"
  | "droppedKeys"
  | "exportInventory"
  | "chooseInventory"
  | "importInventory"
>;

/** The commands that round two added. */
export function commands(knobs: Knobs, call: Call): AdminCommands {
  return {
    checkAdminKey: (source, provider, host) =>
      call("checkAdminKey", [source, provider, host], () => {
        const pasted = sourceOf(knobs, source);
        return found(knobs, pasted, provider, host);
      }),
    addAccount: (source, provider, host, label) =>
      call("addAccount", [source, provider, host, label], () => {
        const pasted = sourceOf(knobs, source);
        const description = PROVIDERS.find((candidate) => candidate.id === provider);
        const name = label === "" ? (description?.short_name ?? provider) : label;
        const admin = found(knobs, pasted, provider, host);
        const id = knobs.id("account");
        const account = data.account(id, name, "", {
          provider,
          email: null,
          host: host ?? description?.host ?? "",
          authorization_server: null,
          client_id: null,
          workspaces: [],
          method: "admin_key",
          admin_key: knobs.id("key"),
          lacks: admin.lacks,
          checked_at: data.iso(knobs.now),
        });
        knobs.accounts = [...knobs.accounts, account];
        knobs.forget(source);
        knobs.log("account_added", name, null);
        knobs.emit("app", "keys", "activity");
        return account;
      }),
    replaceAdminKey: (account, source) =>
      call("replaceAdminKey", [account, source], () => {
        sourceOf(knobs, source);
        knobs.forget(source);
        return signedIn(knobs, account, knobs.id("key"));
      }),
    useAsAdminKey: (account, key) =>
      call("useAsAdminKey", [account, key], () => {
        for (const other of knobs.keys) {
          if (other.account === account) knobs.changeKey(other.id, { is_admin_key: other.id === key });
        }
        return signedIn(knobs, account, key);
      }),
    setHost: (account, host, confirmed) =>
      call("setHost", [account, host, confirmed], () => {
        const before = knobs.account(account);
        if (before.host !== host && !confirmed) throw new Failure(errorView("host_unconfirmed", { host }));
        const changed = knobs.changeAccount(account, { host });
        knobs.emit("app");
        return changed;
      }),
    refreshUsage: (account) => call("refreshUsage", [account], () => knobs.account(account)),
    cancelRetry: (account) =>
      call("cancelRetry", [account], () => {
        knobs.changeAccount(account, { retry: null });
        knobs.emit("app");
      }),

    testKey: (id) =>
      call("testKey", [id], () => {
        const key = knobs.key(id);
        if (key.kept === "nowhere") throw new Failure(errorView("no_secret"));
        const test = tested(knobs, hostOf(knobs.account(key.account).host));
        knobs.tests = { ...knobs.tests, [id]: test };
        knobs.log("key_tested", key.name, id, test.result === "works" ? "done" : "failed");
        knobs.emit("activity");
        return test;
      }),
    testPasted: (source, provider, host) =>
      call("testPasted", [source, provider, host], () => {
        sourceOf(knobs, source);
        return tested(knobs, hostOf(host ?? PROVIDERS.find((candidate) => candidate.id === provider)?.host ?? ""));
      }),
    setReminder: (id, on, utcOffsetMinutes) =>
      call("setReminder", [id, on, utcOffsetMinutes], () => {
        const key = knobs.changeKey(id, {
          expiry: on === null ? { kind: "unknown" } : { kind: "reminder", at: `${on}T12:00:00.000Z` },
        });
        knobs.log("reminder_set", key.name, id);
        knobs.emit("keys", "activity");
        return key;
      }),
    addToCalendar: (id) =>
      call("addToCalendar", [id], () => ({
        name: `Rotate ${knobs.key(id).name}.ics`,
        folder: "~/Downloads",
      })),
    dismissDue: () =>
      call("dismissDue", [], () => {
        knobs.due = [];
        knobs.emit("app");
      }),
    seen: (id) =>
      call("seen", [id], () => {
        knobs.changeKey(id, { woke_at: null });
        knobs.emit("keys");
      }),

    droppedKeys: () => call("droppedKeys", [], () => knobs.dropped),
    exportInventory: (format, keys) =>
      call("exportInventory", [format, keys], () => ({ name: `latchkey-inventory.${format}`, folder: "~/Downloads" })),
    chooseInventory: () => call("chooseInventory", [], () => knobs.importPlan),
    importInventory: (id) =>
      call("importInventory", [id], () => {
        const plan = knobs.importPlan;
        if (plan?.id !== id) throw new Failure(errorView("not_found"));
        knobs.emit("app", "keys", "activity");
        return { accounts: plan.accounts, keys: plan.new_keys, places: plan.places };
      }),
  };
}

function sourceOf(knobs: Knobs, id: string): PastedView {
  const source = [knobs.pastedSource, ...(knobs.dropped?.keys ?? [])].find((candidate) => candidate?.id === id);
  if (source == null) throw new Failure(errorView("not_found"));
  return source;
}

function found(knobs: Knobs, pasted: PastedView, provider: string, host: string | null): AdminKeyView {
  const description = PROVIDERS.find((candidate) => candidate.id === provider);
  return {
    accepted: true,
    account_name: "Tidepool",
    environment: pasted.environment,
    scopes: (description?.scopes ?? []).map((scope) => scope.id).filter((scope) => scope !== "*"),
    can_list: "yes",
    can_create: "yes",
    can_revoke: "yes",
    lacks: [],
    known_account: null,
    failure: null,
    host: hostOf(host ?? description?.host ?? ""),
    status: 200,
    latency_ms: 184,
    ...knobs.adminKey,
  };
}

function tested(knobs: Knobs, host: string): KeyTestView {
  return {
    result: "works",
    scope: null,
    status: 200,
    latency_ms: 184,
    remaining: 58,
    limit: 60,
    retry_at: null,
    url_offered: false,
    at: data.iso(knobs.now),
    host,
    failure: null,
    ...knobs.test,
  };
}

function signedIn(knobs: Knobs, id: string, key: string): AccountView {
  const account = knobs.changeAccount(id, { admin_key: key, sign_in: "signed_in", lacks: [] });
  knobs.log("admin_key_replaced", account.label, key);
  knobs.emit("app", "keys", "activity");
  return account;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
