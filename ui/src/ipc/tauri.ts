// Owns the bridge to Rust: the only file that imports @tauri-apps/api. Leaves out every decision about what to ask and when.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { Failure, failureOf } from "../lib/failure";
import type { Backend } from "./backend";
import type { Topic } from "./generated/Topic";

async function call<Answer>(command: string, args: Record<string, unknown> = {}): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (reason) {
    throw new Failure(failureOf(reason));
  }
}

/** As long as the longest secret there can be. */
const PAD_LENGTH = 2048;

/**
 * The answer is combined with numbers drawn here, so that the characters stand in no message as they are, and
 * taken apart letter by letter: a text of one letter is shared and allocates nothing.
 */
async function revealSecret(key: string): Promise<readonly string[]> {
  const pad = crypto.getRandomValues(new Uint32Array(PAD_LENGTH));
  try {
    const mixed = await call<number[]>("reveal_secret", { key, pad: [...pad] });
    const letters = mixed.map((number, at) => String.fromCodePoint((number ^ (pad[at] ?? 0)) >>> 0));
    mixed.fill(0);
    return letters;
  } finally {
    pad.fill(0);
  }
}

/** The backend of the real window. */
export const tauriBackend: Backend = {
  appState: () => call("app_state"),
  openSandbox: () => call("open_sandbox"),
  closeSandbox: () => call("close_sandbox"),
  openPage: (page, account, provider) => call("open_page", { page, account, provider }),
  copyPageAddress: (page, account, provider) => call("copy_page_address", { page, account, provider }),

  startSignIn: (provider, account, servers) => call("start_sign_in", { provider, account, servers }),
  useCodeToSignIn: () => call("use_code_to_sign_in"),
  signInState: () => call("sign_in_state"),
  openSignInPage: () => call("open_sign_in_page"),
  copyUserCode: () => call("copy_user_code"),
  copySignInAddress: () => call("copy_sign_in_address"),
  cancelSignIn: () => call("cancel_sign_in"),

  renameAccount: (account, label) => call("rename_account", { account, label }),
  setServers: (account, servers, confirmed) => call("set_servers", { account, servers, confirmed }),
  signOut: (account) => call("sign_out", { account }),
  removeAccount: (account, deleteSecrets) => call("remove_account", { account, deleteSecrets }),
  refreshWorkspaces: (account) => call("refresh_workspaces", { account }),

  checkAdminKey: (source, provider, host) => call("check_admin_key", { source, provider, host }),
  addAccount: (source, provider, host, label) => call("add_account", { source, provider, host, label }),
  replaceAdminKey: (account, source) => call("replace_admin_key", { account, source }),
  useAsAdminKey: (account, key) => call("use_as_admin_key", { account, key }),
  setHost: (account, host, confirmed) => call("set_host", { account, host, confirmed }),
  refreshUsage: (account) => call("refresh_usage", { account }),
  cancelRetry: (account) => call("cancel_retry", { account }),

  listKeys: (after) => call("list_keys", { after }),
  refreshKeys: (account) => call("refresh_keys", { account }),
  keyDetail: (key) => call("key_detail", { key }),
  createKey: (input) => call("create_key", { input }),
  slot: () => call("slot"),
  revealSecret,
  copySecret: (key) => call("copy_secret", { key }),
  copyWords: (words) => call("copy_words", { words }),
  copySnippet: (key, snippet, withSecret) => call("copy_snippet", { key, snippet, withSecret }),
  clearClipboard: () => call("clear_clipboard"),
  keepSecret: (key) => call("keep_secret", { key }),
  forgetSecret: (key) => call("forget_secret", { key }),
  closeSlot: (anyway) => call("close_slot", { anyway }),

  revokePlan: (key) => call("revoke_plan", { key }),
  revokeKey: (key, typed, leaked) => call("revoke_key", { key, typed, leaked }),
  checkRevoked: (key) => call("check_revoked", { key }),
  removeKey: (key) => call("remove_key", { key }),
  notePlace: (key, name, detail) => call("note_place", { key, name, detail }),
  removeNotedPlace: (place) => call("remove_noted_place", { place }),

  testKey: (key) => call("test_key", { key }),
  testPasted: (source, provider, host) => call("test_pasted", { source, provider, host }),
  setReminder: (key, on, utcOffsetMinutes) => call("set_reminder", { key, on, utcOffsetMinutes }),
  addToCalendar: (key) => call("add_to_calendar", { key }),
  dismissDue: () => call("dismiss_due"),
  seen: (key) => call("seen", { key }),

  pasteKey: () => call("paste_key"),
  discardPasted: () => call("discard_pasted"),
  foundCredentials: () => call("found_credentials"),
  adoptKey: (input) => call("adopt_key", { input }),
  droppedKeys: () => call("dropped_keys"),

  exportInventory: (format, keys) => call("export_inventory", { format, keys }),
  chooseInventory: () => call("choose_inventory"),
  importInventory: (id) => call("import_inventory", { id }),

  projects: () => call("projects"),
  scanProjects: () => call("scan_projects"),
  checkCredentials: () => call("check_credentials"),
  switchProjects: (projects, to, workspace) => call("switch_projects", { projects, to, workspace }),
  chooseFolder: (project) => call("choose_folder", { project }),
  undoSwitch: (undo) => call("undo_switch", { undo }),
  applyAgain: (project) => call("apply_again", { project }),
  createInCloud: (project) => call("create_in_cloud", { project }),
  useKey: (key) => call("use_key", { key }),
  trimKey: () => call("trim_key"),
  migrateConfig: () => call("migrate_config"),
  startCliSignIn: (account) => call("start_cli_sign_in", { account }),

  listActivity: (before, limit) => call("list_activity", { before, limit }),
  setSettings: (settings) => call("set_settings", { settings }),
  setZoom: (percent) => call("set_zoom", { percent }),
  checkStorage: () => call("check_storage"),
  unlockStorage: () => call("unlock_storage"),
  keepForSession: (on) => call("keep_for_session", { on }),
  eraseEverything: (typed) => call("erase_everything", { typed }),
  setRecordsAside: () => call("set_records_aside"),
  active: () => call("active"),
  lock: () => call("lock"),
  unlock: () => call("unlock"),
  quit: (anyway) => call("quit", { anyway }),

  onChanged: (callback) =>
    listen<Topic>("changed", (event) => {
      callback(event.payload);
    }),
};
