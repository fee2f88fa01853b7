// Owns the one table from an error code to words: what happened, why, and what to do next. Leaves out how they are drawn.

import type { ErrorCode } from "../ipc/generated/ErrorCode";
import type { ErrorDetails } from "../ipc/generated/ErrorDetails";
import type { ErrorView } from "../ipc/generated/ErrorView";
import { timeWithSeconds } from "./dates";
import { digits } from "./durations";

/** What the person can do about it. The caller decides which it can offer. */
export type NextStep =
  | "retry"
  | "refresh_list"
  | "sign_in"
  | "open_keys_page"
  | "open_url"
  | "copy_address"
  | "check_storage"
  | "unlock_storage"
  | "keep_for_session"
  | "create_key"
  | "change_field"
  | "create_anyway"
  | "edit_servers"
  | "paste"
  | "switch_key"
  | "confirm_host"
  | "start_anew"
  | "unlock";

/** A failure in words. */
export interface Words {
  /** What happened, without a full stop. */
  title: string;
  /** Why, and what to do next. */
  sentence: string;
  /** The sentence for those who hear it, where the one that is seen counts seconds. */
  still?: string;
  /** The step that a button can take, with the button's label. */
  next: { step: NextStep; label: string } | null;
  /** What a service’s support asks for; only where the service gave it. */
  request?: string;
}

/** Names to put into the words, as far as they are known. */
export interface Subject {
  /** `Basic Memory`. */
  service?: string;
  /** The account's label. */
  account?: string;
  /** The key's name. */
  key?: string;
  /** Where secrets are kept: `Login keychain`. */
  storage?: string;
  /** The present moment, for waiting times. */
  now?: Date;
}

type Line = (details: ErrorDetails, subject: Required<Omit<Subject, "now">> & { now: Date | null }) => Words;

const TABLE: Record<ErrorCode, Line> = {
  offline: (details, { service }) => ({
    title: `Couldn’t reach ${details.host ?? service}`,
    sentence: "This computer has no connection to it. Nothing was sent. Check the connection, then try again.",
    next: { step: "retry", label: "Try again" },
  }),
  no_answer: (details, { service }) => ({
    title: `${details.host ?? service} didn’t answer`,
    sentence: "The request was sent and no answer came in time. Try again in a moment.",
    next: { step: "retry", label: "Try again" },
  }),
  answer_lost: (_details, { key }) => ({
    title: "The key may exist",
    sentence: `The request to create ${key} was sent, and its answer was lost. Check the list before you try again.`,
    next: { step: "refresh_list", label: "Check the list" },
  }),
  sign_in_needed: (_details, { service, account }) => ({
    title: `Sign in again to ${account}`,
    sentence: `${service} no longer accepts this sign-in. Keys you made keep working.`,
    next: { step: "sign_in", label: "Sign in again" },
  }),
  key_refused: (_details, { service }) => ({
    title: `${service} refused this key`,
    sentence: "It was revoked or has expired. Create a new one or pick another.",
    next: { step: "create_key", label: "Create a replacement" },
  }),
  forbidden: (details, { service, account }) => ({
    title: `${service} didn’t allow this`,
    sentence: `It answered 403${said(details)}. ${account} may not do this. Ask an owner, or use another account.`,
    next: null,
  }),
  not_owner: (_details, { service }) => ({
    title: "Only a workspace owner or admin can create keys",
    sentence: `${service} answered 403. Pick a workspace that you own, or ask its owner for a key.`,
    next: { step: "change_field", label: "Pick a workspace" },
  }),
  subscription_required: (details, { service }) => ({
    title: `${service} asks for a subscription`,
    sentence: `It answered ${String(details.status ?? 403)}${said(details)}. Its page says what it takes.`,
    next: { step: "open_url", label: "Open subscription page" },
  }),
  rate_limited: (details, { service, now }) => ({
    title: `${service} answered 429: too many requests`,
    sentence: `It can be asked again ${waiting(details.retry_at, now)}.`,
    ...(details.retry_at === null || now === null
      ? {}
      : { still: `It can be asked again at ${timeWithSeconds(details.retry_at)}.` }),
    next: { step: "retry", label: "Try again" },
  }),
  service_failed: (details, { service }) => ({
    title: `${service} has a problem of its own`,
    sentence: `It answered ${String(details.status ?? 500)}. Nothing is wrong here. Try again in a few minutes.`,
    next: { step: "retry", label: "Try again" },
  }),
  not_understood: (details, { service }) => ({
    title: `${details.host ?? service} answered something Latchkey can’t read`,
    sentence: "A proxy or a wrong host often causes this. Check the account’s servers in Settings, then try again.",
    next: { step: "edit_servers", label: "Check the servers" },
  }),
  invalid: (details, { service }) => ({
    title: `${service} didn’t accept what was sent`,
    sentence: `It answered ${String(details.status ?? 422)}${said(details)}. Change the entry and try again.`,
    next: { step: "change_field", label: "Change the entry" },
  }),
  not_offered: (details, { service }) => ({
    title: `${service} doesn’t offer this to apps`,
    sentence: `It answered ${String(details.status ?? 404)}. Its API Keys page can do it.`,
    next: { step: "open_keys_page", label: "Open API Keys page" },
  }),
  sign_in_refused: (details, { service }) => ({
    title: "The sign-in was refused",
    sentence: `The authorization server of ${service} said no${said(details)}. Start again, and approve the code that is shown here.`,
    next: { step: "sign_in", label: "Start again" },
  }),
  sign_in_unsafe: (details) => ({
    title: "Latchkey stopped this sign-in",
    sentence: `${details.text === null ? "Its answer could be somebody else’s." : sentence(details.text)} Nothing was kept. Start again, or check the account’s servers.`,
    next: null,
  }),
  cannot_listen: (details) => ({
    title: "Your browser can’t come back to Latchkey",
    sentence: `This computer doesn’t let Latchkey wait for it.${details.text === null ? "" : ` ${sentence(details.text)}`} Start again, or use a code.`,
    next: null,
  }),
  keychain_absent: () => ({
    title: "This computer offers no keychain",
    sentence:
      "Latchkey never writes a secret to a plain file. Install one such as GNOME Keyring or KWallet and check again, or keep secrets for this session only.",
    next: { step: "keep_for_session", label: "Keep for this session" },
  }),
  keychain_locked: (_details, { storage }) => ({
    title: `${storage} is locked`,
    sentence: "Secrets can’t be read or kept until it is unlocked. Unlock it, or keep secrets for this session only.",
    next: { step: "unlock_storage", label: "Unlock keychain" },
  }),
  keychain_denied: (_details, { storage }) => ({
    title: `${storage} refused`,
    sentence:
      "The system or a person said no to Latchkey. Allow it in the system’s keychain settings and check again, or keep secrets for this session only.",
    next: { step: "check_storage", label: "Check again" },
  }),
  keychain_waiting: (_details, { storage }) => ({
    title: `${storage} doesn’t answer yet`,
    sentence: "A question from the system may be waiting behind this window. Answer it, then check again.",
    next: { step: "check_storage", label: "Check again" },
  }),
  keychain_failed: (details, { storage }) => ({
    title: `${storage} couldn’t store or read it`,
    sentence: `Nothing was written elsewhere.${because(details)} Check again, or keep secrets for this session only.`,
    next: { step: "check_storage", label: "Check again" },
  }),
  records_failed: (details) => ({
    title: "Couldn’t read or write Latchkey’s records",
    sentence: `The disk may be full, or the file is not writable.${because(details)} Make room or make it writable, then try again.`,
    next: { step: "retry", label: "Try again" },
  }),
  records_newer: (details) => ({
    title: "These records were written by a newer Latchkey",
    sentence: `This version leaves ${file(details)} alone so nothing is lost. Install the newer version again.`,
    next: { step: "retry", label: "Try again" },
  }),
  records_damaged: (details) => ({
    title: "Latchkey’s records are damaged",
    // Without the file they became so while they were in use, and only the next start can put them aside.
    ...(details.text === null
      ? {
          sentence:
            "A part of them can’t be read any more. Quit Latchkey and open it again: it then looks at the whole file and offers to put it aside. Your keys go on working at their services, and what the keychain holds stays there.",
          next: null,
        }
      : {
          sentence: `${file(details, true)} can’t be read and was left as it is. Put it aside and start anew: it stays beside the new one under another name, your keys go on working at their services, and what the keychain holds stays there. Add your accounts again to see the keys.`,
          next: { step: "start_anew", label: "Put it aside and start anew" },
        }),
  }),
  records_read_only: (details) => ({
    title: "Latchkey may not write its records",
    sentence: `${file(details, true)} or its folder is read-only for you. Nothing was changed. Make both writable for yourself, then try again.`,
    next: { step: "retry", label: "Try again" },
  }),
  disk_full: (details) => ({
    title: "The disk is full",
    sentence: `There is no room left to write ${file(details)}. What was there before is whole. Make room, then try again.`,
    next: { step: "retry", label: "Try again" },
  }),
  not_found: () => ({
    title: "It isn’t there any more",
    sentence: "It was removed or revoked since the list was read. Read the list again.",
    next: { step: "refresh_list", label: "Check the list" },
  }),
  bad_input: (details) => ({
    title: details.field === null ? "An entry doesn’t fit" : `The ${fieldName(details.field)} doesn’t fit`,
    sentence: details.text === null ? "Change it and try again." : `${sentence(details.text)} Change it and try again.`,
    next: { step: "change_field", label: "Change the entry" },
  }),
  duplicate_name: (_details, { key }) => ({
    title: `There is already a key called ${key}`,
    sentence: "Add where this one will be used, or create a second one with the same name.",
    next: { step: "create_anyway", label: "Create anyway" },
  }),
  wrong_confirmation: () => ({
    title: "What you typed doesn’t match",
    sentence: "Nothing was done. Type it exactly as it is shown.",
    next: { step: "change_field", label: "Type it again" },
  }),
  nothing_to_paste: () => ({
    title: "The clipboard holds nothing that looks like a key",
    sentence: "Copy the key where you keep it, then paste again.",
    next: { step: "paste", label: "Paste again" },
  }),
  clipboard_failed: () => ({
    title: "Couldn’t reach the clipboard",
    sentence:
      "The system didn’t let Latchkey use it, or another program holds it. Try again, or reveal the key and copy it by hand.",
    next: { step: "retry", label: "Try again" },
  }),
  browser_failed: (details) => ({
    title: "Couldn’t open a browser",
    sentence:
      details.url === null
        ? "No browser answered. Open the page by hand in any browser."
        : `No browser answered. Open ${details.url} by hand in any browser.`,
    next: { step: "copy_address", label: "Copy address" },
  }),
  unsafe_address: (details) => ({
    title: "This address isn’t safe to use",
    sentence: `${details.url ?? details.host ?? "It"} is neither https nor this computer. Change it to an https address.`,
    next: { step: "edit_servers", label: "Change the address" },
  }),
  no_secret: (_details, { key }) => ({
    title: `The secret of ${key} isn’t on this computer`,
    sentence: "A service shows a key’s secret once. Paste it if you have it elsewhere, or create a new key.",
    next: { step: "paste", label: "Paste the key" },
  }),
  sign_in_replaced: () => ({
    title: "A newer sign-in replaced this one",
    sentence: "Only one sign-in runs at a time. Go on with the newer one, or start again.",
    next: { step: "sign_in", label: "Start again" },
  }),
  sandbox_failed: (details) => ({
    title: "The sandbox didn’t start",
    sentence: `Its program could not be run.${because(details)} Nothing was sent anywhere. Try again.`,
    next: { step: "retry", label: "Try again" },
  }),
  config_absent: () => ({
    title: "Basic Memory isn’t set up here",
    sentence: "Its configuration isn’t on this computer. Run bm once, then scan again.",
    next: { step: "retry", label: "Scan again" },
  }),
  config_unreadable: (details) => ({
    title: "Couldn’t read Basic Memory’s configuration",
    sentence: `Nothing was changed.${why(details)} Make the file readable, then scan again.`,
    next: { step: "retry", label: "Scan again" },
  }),
  config_refused: (details) => ({
    title: "Basic Memory’s configuration needs a look",
    sentence: `Nothing was changed.${why(details)} Mend the file, then scan again.`,
    next: { step: "retry", label: "Scan again" },
  }),
  config_older: (details) => ({
    title: "Basic Memory’s configuration is an older one",
    sentence: `It can’t say for each project where it is served from.${why(details)} Start the current bm once, or bring the file up to date here.`,
    next: null,
  }),
  config_conflict: () => ({
    title: "Another program is writing the configuration",
    sentence:
      "It kept changing the file while Latchkey wrote, so nothing of ours is in it. Wait for bm to finish, then try again.",
    next: { step: "retry", label: "Try again" },
  }),
  config_not_written: (details) => ({
    title: "Couldn’t write Basic Memory’s configuration",
    sentence: `The file is as it was.${why(details)} Make room or make it writable, then try again.`,
    next: { step: "retry", label: "Try again" },
  }),
  project_gone: () => ({
    title: "The project is gone",
    sentence: "Another program took it out of Basic Memory’s configuration. Scan again.",
    next: { step: "retry", label: "Scan again" },
  }),
  key_unusable: (details) => ({
    title: "Basic Memory’s CLI can’t use this key",
    sentence: `The configuration is as it was.${why(details)} Pick another key, or create one.`,
    next: { step: "create_key", label: "Create a key" },
  }),
  other_host: (details) => ({
    title: "Basic Memory’s CLI talks to another host",
    sentence: `It is set up for ${details.host ?? "another server"}, where this would be refused. Pick one that belongs there.`,
    next: null,
  }),
  no_credential: () => ({
    title: "Nothing to sign in to the cloud with",
    sentence: "Basic Memory’s CLI has no key and no sign-in here. Choose a key, or create one, then switch.",
    next: { step: "create_key", label: "Create a key" },
  }),
  locked: () => ({
    title: "Latchkey is locked",
    sentence: "Unlock it to go on.",
    next: { step: "unlock", label: "Unlock" },
  }),
  lacks_scope: (details, { service }) => ({
    title: `This key lacks ${details.text ?? "a scope"}`,
    sentence: `${service} answered ${String(details.status ?? 403)}. The key is genuine and may not do this. Use one that has the scope, or replace it with one that does.`,
    next: { step: "create_key", label: "Create one with this scope" },
  }),
  current_key: (_details, { service, key }) => ({
    title: `${service} doesn’t revoke the key that asks for it`,
    sentence: `The account acts with ${key}. Let another key with the admin scope act for it, then revoke this one.`,
    next: { step: "switch_key", label: "Use another key" },
  }),
  redirect_refused: (details, { service }) => ({
    title: `${details.host ?? service} wanted to send Latchkey to another host`,
    sentence: `The key was not sent on${details.url === null ? "" : ` to ${details.url}`}. Check the base URL, then try again.`,
    next: { step: "edit_servers", label: "Change the address" },
  }),
  certificate_refused: (details, { service }) => ({
    title: `The certificate of ${details.host ?? service} doesn’t check`,
    sentence: "It may be another server in between, so nothing was sent. Check the address and this computer’s clock.",
    next: { step: "edit_servers", label: "Change the address" },
  }),
  host_unconfirmed: (details) => ({
    title: "The host changed",
    sentence: `From now on the key would be sent to ${details.host ?? "another host"}. Confirm that this is your service, or keep the address as it was.`,
    next: { step: "confirm_host", label: "Send it there" },
  }),
  file_failed: (details) => ({
    title: "The file couldn’t be read or written",
    sentence: details.text === null ? "The system refused." : `Because ${details.text}.`,
    next: { step: "retry", label: "Try again" },
  }),
  internal: () => ({
    title: "Latchkey made a mistake",
    sentence: "This isn’t your doing. Try again; if it stays, restart Latchkey.",
    next: { step: "retry", label: "Try again" },
  }),
};

/** Every code there is, for tests that go through all of them. */
export const ERROR_CODES = Object.keys(TABLE) as ErrorCode[];

/** Words as they are said: the same for as long as nothing but the time goes on. */
export function aloud(words: Pick<Words, "title" | "sentence" | "still">): string {
  return `${words.title}. ${words.still ?? words.sentence}`;
}

/** A failure in words. */
export function explain(error: ErrorView, subject: Subject = {}): Words {
  const words = TABLE[error.code](error.details, {
    service: subject.service ?? "The service",
    account: subject.account ?? "your account",
    key: subject.key ?? "the key",
    storage: subject.storage ?? "The keychain",
    now: subject.now ?? null,
  });
  return error.details.request_id === null ? words : { ...words, request: error.details.request_id };
}

/** `in 24 s`, `in 2:05 minutes`, or `in a moment` when the service did not say. */
/** The file of the records, where it is known. */
function file(details: ErrorDetails, first = false): string {
  return `${first ? "The" : "the"} file ${details.text ?? "with the records"}`;
}

function waiting(retryAt: string | null, now: Date | null): string {
  if (retryAt === null || now === null) return "in a moment";
  const seconds = Math.ceil((new Date(retryAt).getTime() - now.getTime()) / 1000);
  if (seconds <= 0) return "now";
  return seconds < 90 ? `in ${String(seconds)} s` : `in ${digits(seconds)} minutes`;
}

function said(details: ErrorDetails): string {
  return details.text === null || details.text === "" ? "" : ` and said “${details.text}”`;
}

function because(details: ErrorDetails): string {
  return details.text === null || details.text === "" ? "" : ` The system said “${details.text}”.`;
}

/** A sentence of Latchkey’s own about a file. */
function why(details: ErrorDetails): string {
  return details.text === null || details.text === "" ? "" : ` ${details.text}`;
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

function fieldName(field: string): string {
  const names: Record<string, string> = {
    authorization_server: "authorization server",
    client_id: "client id",
    expires_on: "expiry date",
    utc_offset_minutes: "expiry date",
    clipboard_seconds: "clipboard time",
  };
  return names[field] ?? field.replaceAll("_", " ");
}
