// Owns the fake's commands about keys and their secrets. Every secret here ends in EXAMPLE.

import { errorView, Failure } from "../../lib/failure";
import { shortDay } from "../../lib/dates";
import type { Backend } from "../backend";
import type { ClipboardView } from "../generated/ClipboardView";
import type { ExpiryView } from "../generated/ExpiryView";
import type { KeyListView } from "../generated/KeyListView";
import type { KeyView } from "../generated/KeyView";
import type { RevokePlanView } from "../generated/RevokePlanView";
import type { RevokeResultView } from "../generated/RevokeResultView";
import type { SlotView } from "../generated/SlotView";
import * as data from "./data";
import type { Call, Knobs } from "./index";
import { PROVIDERS } from "./providers";
import { snippets } from "./snippets";

type KeyCommands = Pick<
  Backend,
  | "listKeys"
  | "refreshKeys"
  | "keyDetail"
  | "createKey"
  | "slot"
  | "revealSecret"
  | "copySecret"
  | "copySnippet"
  | "copyWords"
  | "clearClipboard"
  | "keepSecret"
  | "forgetSecret"
  | "closeSlot"
  | "revokePlan"
  | "revokeKey"
  | "checkRevoked"
  | "removeKey"
  | "notePlace"
  | "removeNotedPlace"
  | "pasteKey"
  | "discardPasted"
  | "foundCredentials"
  | "adoptKey"
>;

// As in Rust: services/list.rs.
const WHOLE = 500;
const FIRST = 100;
const PAGE = 1000;

/** The commands about keys. */
export function commands(knobs: Knobs, call: Call): KeyCommands {
  const copied = (key: KeyView): ClipboardView => {
    const seconds = knobs.settings.clipboard_seconds;
    knobs.clipboard = {
      key: key.id,
      name: key.name,
      clears_at: seconds === 0 ? null : data.iso(knobs.now + seconds * 1000),
      seconds,
    };
    if (knobs.slot?.key.id === key.id) knobs.slot = { ...knobs.slot, copied: true, cleared: false };
    if (seconds > 0) setTimeout(cleared, seconds * 1000, key.id);
    knobs.log("key_copied", key.name, key.id);
    knobs.emit("clipboard", "activity");
    return knobs.clipboard;
  };
  const cleared = (id: string): void => {
    if (knobs.clipboard?.key !== id) return;
    knobs.clipboard = null;
    if (knobs.slot?.key.id === id) knobs.slot = { ...knobs.slot, copied: false, cleared: true };
    knobs.emit("clipboard");
  };
  const secretKnown = (id: string): KeyView => {
    const key = knobs.key(id);
    if (key.kept === "nowhere" && knobs.slot?.key.id !== id) throw new Failure(errorView("no_secret"));
    return key;
  };
  return {
    listKeys: (after) =>
      call("listKeys", [after], () => {
        const total = knobs.keys.length;
        const answer = (keys: KeyView[], next: number | null): KeyListView => ({
          // As they come from a real backend: new objects each time.
          keys: total > WHOLE ? structuredClone(keys) : keys,
          total,
          next,
          now: data.iso(knobs.now),
        });
        if (after !== null) {
          const end = after + PAGE;
          return answer(knobs.keys.slice(after, end), end < total ? end : null);
        }
        return total <= WHOLE ? answer(knobs.keys, null) : answer(knobs.keys.slice(0, FIRST), 0);
      }),
    refreshKeys: (account) =>
      call("refreshKeys", [account], () => {
        for (const candidate of knobs.accounts) {
          if (candidate.sign_in !== "signed_in" || candidate.failure !== null) continue;
          if (account !== null && candidate.id !== account) continue;
          knobs.changeAccount(candidate.id, { checked_at: data.iso(knobs.now) });
        }
        knobs.emit("app", "keys");
      }),
    keyDetail: (id) =>
      call("keyDetail", [id], () => {
        const key = knobs.key(id);
        return {
          key,
          account: knobs.account(key.account),
          noted_places: knobs.places[id] ?? [],
          activity: knobs.activity.filter((entry) => entry.key === id || entry.subject === key.name).slice(0, 10),
          snippets: snippets(key.provider),
          test: knobs.tests[id] ?? null,
        };
      }),
    createKey: (input) =>
      call("createKey", [input], () => {
        const account = knobs.account(input.account);
        const twin = knobs.keys.some(
          (key) => key.account === input.account && key.name === input.name && key.status !== "revoked",
        );
        if (twin && !input.allow_duplicate) throw new Failure(errorView("duplicate_name", { field: "name" }));
        const provider = PROVIDERS.find((candidate) => candidate.id === account.provider);
        const environment = provider?.environment === "none" ? null : (input.environment ?? "live");
        const head = provider?.environments.find((candidate) => candidate.id === environment)?.prefix;
        const ends = input.expires_on === null ? null : `${input.expires_on}T23:59:59.000Z`;
        const expiry: ExpiryView =
          ends === null
            ? { kind: "never" }
            : {
                kind: knobs.confirmsExpiry && provider?.expiry.kind !== "reminder_only" ? "at_service" : "reminder",
                at: ends,
              };
        const kept = !input.keep
          ? "nowhere"
          : knobs.storage.session_only
            ? "session"
            : knobs.storage.state === "ready"
              ? "keychain"
              : "nowhere";
        const key: KeyView = {
          id: knobs.id("key"),
          account: input.account,
          name: input.name,
          prefix: `${head ?? provider?.key_prefixes[0] ?? "bmc_"}Qv4m`,
          workspace: account.workspaces.find((workspace) => workspace.id === input.workspace)?.name ?? null,
          workspace_confirmed: true,
          created_at: data.iso(knobs.now),
          last_use: { kind: "never" },
          expiry,
          status: "active",
          revoked_at: null,
          origin: "created",
          kept,
          has_remote_id: true,
          ...data.NOTHING_MORE,
          provider: account.provider,
          environment,
          scopes: provider?.scopes.length === 0 ? null : input.scopes,
          rate_limit: input.rate_limit,
        };
        knobs.keys = [key, ...knobs.keys];
        knobs.slot = {
          key,
          kept,
          keep_failure: input.keep && kept === "nowhere" ? errorView("keychain_failed") : null,
          copied: false,
          cleared: false,
          expiry,
          snippets: snippets(account.provider),
        };
        knobs.log("key_created", key.name, key.id);
        knobs.emit("keys", "app", "activity");
        return knobs.slot;
      }),
    slot: () => call("slot", [], () => knobs.slot),
    revealSecret: (id) => call("revealSecret", [id], () => [...data.secretOf(secretKnown(id).prefix ?? "bmc_")]),
    copySecret: (id) => call("copySecret", [id], () => copied(secretKnown(id))),
    copySnippet: (id, snippet, withSecret) =>
      call("copySnippet", [id, snippet, withSecret], () => (withSecret ? copied(secretKnown(id)) : null)),
    copyWords: (words) => call("copyWords", [words], () => undefined),
    clearClipboard: () =>
      call("clearClipboard", [], () => {
        if (knobs.clipboard !== null) cleared(knobs.clipboard.key);
      }),
    keepSecret: (id) =>
      call("keepSecret", [id], () => {
        secretKnown(id);
        if (knobs.storage.state !== "ready" && !knobs.storage.session_only) {
          const code = `keychain_${knobs.storage.state}` as const;
          throw new Failure(errorView(code));
        }
        const key = knobs.changeKey(id, { kept: knobs.storage.session_only ? "session" : "keychain" });
        const slot: SlotView | null = knobs.slot;
        knobs.log("key_kept", key.name, id);
        knobs.emit("app", "keys", "activity");
        return slot;
      }),
    forgetSecret: (id) =>
      call("forgetSecret", [id], () => {
        const key = knobs.changeKey(id, { kept: "nowhere" });
        knobs.emit("keys", "app");
        return key;
      }),
    closeSlot: (anyway) =>
      call("closeSlot", [anyway], () => {
        const slot = knobs.slot;
        if (slot !== null && !anyway && !slot.copied && slot.kept === "nowhere") {
          throw new Failure(errorView("bad_input", { field: "unsaved" }));
        }
        knobs.slot = null;
        knobs.emit("app");
      }),

    revokePlan: (id) => call("revokePlan", [id], () => plan(knobs, id)),
    revokeKey: (id, typed, leaked) =>
      call("revokeKey", [id, typed, leaked], () => {
        const confirmation = plan(knobs, id).confirmation;
        if (confirmation !== null && confirmation.text !== typed) throw new Failure(errorView("wrong_confirmation"));
        return revoked(knobs, id);
      }),
    checkRevoked: (id) => call("checkRevoked", [id], () => revoked(knobs, id)),
    removeKey: (id) =>
      call("removeKey", [id], () => {
        knobs.keys = knobs.keys.filter((key) => key.id !== id);
        knobs.emit("keys", "activity");
      }),
    notePlace: (id, name, detail) =>
      call("notePlace", [id, name, detail], () => {
        const place = { id: knobs.id("place"), name, detail };
        knobs.places = { ...knobs.places, [id]: [...(knobs.places[id] ?? []), place] };
        knobs.emit("keys");
        return place;
      }),
    removeNotedPlace: (place) =>
      call("removeNotedPlace", [place], () => {
        knobs.places = Object.fromEntries(
          Object.entries(knobs.places).map(([id, places]) => [
            id,
            places.filter((candidate) => candidate.id !== place),
          ]),
        );
        knobs.emit("keys");
      }),

    pasteKey: () =>
      call("pasteKey", [], () => {
        if (knobs.pasted === null) throw new Failure(errorView("nothing_to_paste"));
        knobs.pastedSource = knobs.pasted;
        return knobs.pasted;
      }),
    discardPasted: () =>
      call("discardPasted", [], () => {
        knobs.pastedSource = null;
        knobs.dropped = null;
      }),
    foundCredentials: () => call("foundCredentials", [], () => knobs.found),
    adoptKey: (input) =>
      call("adoptKey", [input], () => {
        const source = [knobs.pastedSource, ...(knobs.dropped?.keys ?? []), ...knobs.found].find(
          (candidate) => candidate?.id === input.source,
        );
        if (!knobs.adopts) throw new Failure(errorView("key_refused", { status: 401 }));
        // Without an account, the key makes one at the published or named server, not signed in.
        const account = input.account ?? knobs.id("account");
        const service = PROVIDERS.find(
          (candidate) => candidate.id === (input.account === null ? input.provider : knobs.account(account).provider),
        );
        if (input.account === null) {
          const browser = service?.sign_in.method === "browser";
          knobs.accounts = [
            ...knobs.accounts,
            data.account(account, service?.short_name ?? "", "", {
              email: null,
              provider: service?.id ?? "",
              host: input.host ?? service?.host ?? "",
              method: service?.sign_in.method ?? "browser",
              sign_in: service?.sign_in.method === "dashboard" ? "not_used" : "signed_out",
              workspaces: [],
              ...(browser ? {} : { authorization_server: null, client_id: null }),
            }),
          ];
        }
        const key: KeyView = {
          id: knobs.id("key"),
          account,
          name: input.name,
          prefix: source?.prefix ?? "bmc_Zk9t",
          workspace: service?.workspace === true ? "Acme team" : null,
          workspace_confirmed: true,
          created_at: null,
          last_use: { kind: "not_reported" },
          expiry:
            input.remind_on === null
              ? { kind: "unknown" }
              : { kind: "reminder", at: `${input.remind_on}T12:00:00.000Z` },
          status: "active",
          revoked_at: null,
          origin: "adopted",
          kept: input.keep ? "keychain" : "nowhere",
          has_remote_id: false,
          ...data.NOTHING_MORE,
          provider: service?.id ?? "",
          scopes: input.scopes,
          project: input.project,
        };
        knobs.keys = [key, ...knobs.keys];
        knobs.found = knobs.found.filter((candidate) => candidate.id !== input.source);
        knobs.forget(input.source);
        knobs.log("key_adopted", key.name, key.id);
        knobs.emit("keys", "app", "activity");
        return { key, accepted: true, failure: null, keep_failure: null };
      }),
  };
}

function plan(knobs: Knobs, id: string): RevokePlanView {
  const key = knobs.key(id);
  const account = knobs.account(key.account);
  const unknown = key.last_use.kind === "not_reported";
  const today = key.last_use.kind === "at" && knobs.now - new Date(key.last_use.at).getTime() < 86_400_000;
  const text = key.name.length > 40 ? (key.prefix ?? key.name) : key.name;
  return {
    key,
    account,
    consequences: [
      "Every program that uses this key is refused from its next request.",
      key.last_use.kind === "at"
        ? `Something used it on ${shortDay(key.last_use.at, new Date(knobs.now))}. No service reports which program.`
        : `${PROVIDERS.find((candidate) => candidate.id === key.provider)?.short_name ?? "The service"} has not reported any use of it.`,
    ],
    noted_places: knobs.places[id] ?? [],
    confirmation: unknown || today ? { text, reason: unknown ? "use_unknown" : "used_today" } : null,
    in_browser: account.capability.revoke.answer === "no" || !key.has_remote_id,
    current_admin_key: account.admin_key === id,
    other_admin_keys: knobs.keys.filter(
      (other) =>
        other.account === key.account &&
        other.id !== id &&
        other.kept !== "nowhere" &&
        other.status !== "revoked" &&
        other.scopes?.some((scope) => scope === "admin" || scope === "*") === true,
    ),
    in_config: false,
  };
}

function revoked(knobs: Knobs, id: string): RevokeResultView {
  const at = data.iso(knobs.now);
  const proved = knobs.proof === "refused" || knobs.proof === "listed";
  const browser = plan(knobs, id).in_browser;
  const done = proved || (!browser && knobs.proof !== "still_accepted");
  const key = done ? knobs.changeKey(id, { status: "revoked", revoked_at: at }) : knobs.key(id);
  if (done) knobs.log("key_revoked", key.name, id);
  knobs.emit("keys", "activity");
  return {
    key,
    revoked: done,
    proof:
      knobs.proof === "no_secret"
        ? { kind: "no_secret" }
        : knobs.proof === "could_not_tell"
          ? { kind: "could_not_tell", error: errorView("no_answer") }
          : { kind: knobs.proof, at },
    noted_places: knobs.places[id] ?? [],
    taken_out_of_config: false,
    config_failure: null,
  };
}
