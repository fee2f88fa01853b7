// Owns the words for the journal: a sentence, a glyph and a filter for each kind of line. Leaves out how lines are drawn.

import type { ActivityView } from "../ipc/generated/ActivityView";

/** The filters of the Activity page. */
export type ActivityFilter = "all" | "keys" | "tests" | "sign_ins" | "failed";

/** How a line is marked. */
export type ActivityTone = "plain" | "ok" | "bad" | "warn";

/** Names of icons that lines use. */
export type ActivityIcon =
  | "plus"
  | "copy"
  | "eye"
  | "safe"
  | "ban"
  | "shield"
  | "trash"
  | "clock"
  | "ext"
  | "warn"
  | "paste"
  | "box"
  | "search"
  | "minus"
  | "folder"
  | "info"
  | "bell"
  | "cal"
  | "flask"
  | "key"
  | "server"
  | "env";

interface Kind {
  /** With %s for the subject. */
  done: string;
  started: string;
  failed: string;
  icon: ActivityIcon;
  group: "keys" | "tests" | "sign_ins";
}

const KINDS: Record<string, Kind> = {
  key_intended: line("Asked for %s", "The answer for %s was lost", "Couldn’t create %s", "plus", "keys"),
  key_created: line("Created %s", "Creating %s", "Couldn’t create %s", "plus", "keys"),
  key_found: line("Found %s after its answer was lost", "Looking for %s", "Couldn’t find %s", "search", "keys"),
  key_adopted: line("Added %s", "Adding %s", "Couldn’t add %s", "paste", "keys"),
  key_copied: line("Copied %s", "Copying %s", "Couldn’t copy %s", "copy", "keys"),
  key_revealed: line("Revealed %s", "Revealing %s", "Couldn’t reveal %s", "eye", "keys"),
  key_kept: line("Kept %s in the keychain", "Keeping %s", "Couldn’t keep %s in the keychain", "safe", "keys"),
  key_forgotten: line(
    "Took %s out of the keychain",
    "Taking %s out of the keychain",
    "Couldn’t take %s out of the keychain",
    "minus",
    "keys",
  ),
  revoke_intended: line("Asked to revoke %s", "Revoking %s", "Couldn’t revoke %s", "ban", "keys"),
  key_revoked: line("Revoked %s", "Revoking %s", "Couldn’t revoke %s", "ban", "keys"),
  revoke_proved: line("%s is refused", "Checking whether %s is refused", "%s still works", "shield", "keys"),
  key_removed: line("Removed %s from this list", "Removing %s", "Couldn’t remove %s", "trash", "keys"),
  last_use_moved: line("Last use of %s moved", "Last use of %s moved", "Last use of %s moved", "clock", "keys"),
  place_noted: line("Noted a place for %s", "Noting a place for %s", "Couldn’t note a place for %s", "info", "keys"),
  key_tested: line("Tested %s: it works", "Testing %s", "Tested %s: not proved to work", "flask", "tests"),
  key_woke: line(
    "%s was used again after 30 days or more",
    "%s was used again after 30 days or more",
    "%s was used again after 30 days or more",
    "clock",
    "keys",
  ),
  reminder_set: line(
    "Changed the reminder of %s",
    "Changing the reminder of %s",
    "Couldn’t remind of %s",
    "bell",
    "keys",
  ),
  calendar_saved: line(
    "Saved a calendar entry for %s",
    "Saving a calendar entry for %s",
    "Couldn’t save a calendar entry for %s",
    "cal",
    "keys",
  ),
  admin_key_replaced: line(
    "Another key acts for %s",
    "Letting another key act for %s",
    "Couldn’t let another key act for %s",
    "key",
    "sign_ins",
  ),
  host_changed: line(
    "Changed the base URL of %s",
    "Changing the base URL of %s",
    "Couldn’t change the base URL of %s",
    "server",
    "sign_ins",
  ),
  inventory_exported: line(
    "Saved the inventory as %s",
    "Saving the inventory as %s",
    "Couldn’t save the inventory as %s",
    "env",
    "keys",
  ),
  inventory_imported: line(
    "Took in the inventory of %s",
    "Taking in the inventory of %s",
    "Couldn’t take in the inventory of %s",
    "env",
    "keys",
  ),
  signed_in: line("Signed in to %s", "Signing in to %s", "Couldn’t sign in to %s", "ext", "sign_ins"),
  signed_out: line("Signed out of %s", "Signing out of %s", "Couldn’t end the sign-in of %s", "ext", "sign_ins"),
  sign_in_ended: line(
    "%s asks for a new sign-in",
    "%s asks for a new sign-in",
    "%s asks for a new sign-in",
    "warn",
    "sign_ins",
  ),
  account_added: line(
    "Added the account %s",
    "Adding the account %s",
    "Couldn’t add the account %s",
    "plus",
    "sign_ins",
  ),
  account_removed: line(
    "Removed the account %s",
    "Removing the account %s",
    "Couldn’t remove the account %s",
    "trash",
    "sign_ins",
  ),
  list_failed: line(
    "Couldn’t read the keys of %s",
    "Couldn’t read the keys of %s",
    "Couldn’t read the keys of %s",
    "warn",
    "keys",
  ),
  project_switched: line("Switched %s", "Switching %s", "Couldn’t switch %s", "folder", "keys"),
  switch_undone: line(
    "Undid the switch of %s",
    "Undoing the switch of %s",
    "Couldn’t undo the switch of %s",
    "folder",
    "keys",
  ),
  switch_put_back: line("%s was put back", "%s was put back", "Another program put %s back", "warn", "keys"),
  project_created: line(
    "Created the cloud project %s",
    "Creating the cloud project %s",
    "Couldn’t create the cloud project %s",
    "plus",
    "keys",
  ),
  config_migrated: line(
    "Moved %s to the newer form",
    "Moving %s to the newer form",
    "Couldn’t move %s to the newer form",
    "folder",
    "keys",
  ),
  key_placed: line(
    "Put %s into the CLI’s configuration",
    "Putting %s into the CLI’s configuration",
    "Couldn’t put %s into the CLI’s configuration",
    "plus",
    "keys",
  ),
  key_taken_out: line(
    "Took %s out of the CLI’s configuration",
    "Taking %s out of the CLI’s configuration",
    "Couldn’t take %s out of the CLI’s configuration",
    "minus",
    "keys",
  ),
  cli_signed_in: line(
    "Signed in the CLI for %s",
    "Signing in the CLI for %s",
    "Couldn’t sign in the CLI for %s",
    "ext",
    "sign_ins",
  ),
  sandbox_opened: line("Opened the sandbox", "Opening the sandbox", "The sandbox didn’t start", "box", "sign_ins"),
  sandbox_closed: line("Closed the sandbox", "Closing the sandbox", "Couldn’t close the sandbox", "box", "sign_ins"),
};

/** A kind that this version doesn't know is shown by its name rather than hidden. */
function kindOf(entry: ActivityView): Kind {
  const name = entry.kind.replaceAll("_", " ");
  return KINDS[entry.kind] ?? line(`${name}: %s`, `${name}: %s`, `${name} failed: %s`, "clock", "keys");
}

/** The sentence, in three parts, so that the subject can stand out. */
export function sentence(entry: ActivityView): { before: string; subject: string; after: string } {
  const kind = kindOf(entry);
  const text = entry.outcome === "failed" ? kind.failed : entry.outcome === "started" ? kind.started : kind.done;
  const at = text.indexOf("%s");
  if (at === -1) return { before: text, subject: "", after: "" };
  return { before: text.slice(0, at), subject: entry.subject, after: text.slice(at + 2) };
}

/** The sentence as one text, for search and for screen readers. */
export function sentenceText(entry: ActivityView): string {
  const parts = sentence(entry);
  return parts.before + parts.subject + parts.after;
}

export function iconOf(entry: ActivityView): ActivityIcon {
  return isFailed(entry) ? "warn" : kindOf(entry).icon;
}

export function toneOf(entry: ActivityView): ActivityTone {
  if (isFailed(entry)) return "bad";
  if (entry.outcome === "started") return "warn";
  return ["key_revoked", "revoke_proved", "key_created", "signed_in"].includes(entry.kind) ? "ok" : "plain";
}

/** Whether it belongs under Failed. A list that couldn't be read is always one. */
export function isFailed(entry: ActivityView): boolean {
  return entry.outcome === "failed" || entry.kind === "list_failed";
}

export function passes(entry: ActivityView, filter: ActivityFilter): boolean {
  if (filter === "all") return true;
  if (filter === "failed") return isFailed(entry);
  return kindOf(entry).group === filter;
}

/** The kinds that have words, for a test against the list in Rust. */
export const KNOWN_KINDS = Object.keys(KINDS);

function line(done: string, started: string, failed: string, icon: ActivityIcon, group: Kind["group"]): Kind {
  return { done, started, failed, icon, group };
}
