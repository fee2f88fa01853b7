// Owns the list of everything the window can ask of Rust. Implemented by tauri.ts and fake.ts; leaves out what the answers look like on screen.

import type { AccountView } from "./generated/AccountView";
import type { ActivityView } from "./generated/ActivityView";
import type { AdminKeyView } from "./generated/AdminKeyView";
import type { AdoptedView } from "./generated/AdoptedView";
import type { AdoptInput } from "./generated/AdoptInput";
import type { AppView } from "./generated/AppView";
import type { ClipboardView } from "./generated/ClipboardView";
import type { CreateKeyInput } from "./generated/CreateKeyInput";
import type { DroppedView } from "./generated/DroppedView";
import type { FoundView } from "./generated/FoundView";
import type { ImportedView } from "./generated/ImportedView";
import type { ImportPlanView } from "./generated/ImportPlanView";
import type { KeyDetailView } from "./generated/KeyDetailView";
import type { KeyListView } from "./generated/KeyListView";
import type { KeyTestView } from "./generated/KeyTestView";
import type { KeyView } from "./generated/KeyView";
import type { NotedPlaceView } from "./generated/NotedPlaceView";
import type { Page } from "./generated/Page";
import type { PastedView } from "./generated/PastedView";
import type { ProjectsView } from "./generated/ProjectsView";
import type { RevokePlanView } from "./generated/RevokePlanView";
import type { RevokeResultView } from "./generated/RevokeResultView";
import type { SavedFileView } from "./generated/SavedFileView";
import type { ServersInput } from "./generated/ServersInput";
import type { SettingsView } from "./generated/SettingsView";
import type { SignedOutView } from "./generated/SignedOutView";
import type { SignInAttemptView } from "./generated/SignInAttemptView";
import type { SlotView } from "./generated/SlotView";
import type { StorageView } from "./generated/StorageView";
import type { SwitchView } from "./generated/SwitchView";
import type { Topic } from "./generated/Topic";
import type { WorkspaceView } from "./generated/WorkspaceView";

/** Every command of the shell. A command that fails rejects with a `Failure`. */
export interface Backend {
  appState(): Promise<AppView>;
  openSandbox(): Promise<AccountView>;
  closeSandbox(): Promise<void>;
  openPage(page: Page, account: string | null, provider: string | null): Promise<void>;
  copyPageAddress(page: Page, account: string | null, provider: string | null): Promise<void>;

  startSignIn(provider: string, account: string | null, servers: ServersInput | null): Promise<SignInAttemptView>;
  /** Begins the last sign-in anew, with a code to compare. */
  useCodeToSignIn(): Promise<SignInAttemptView>;
  signInState(): Promise<SignInAttemptView | null>;
  openSignInPage(): Promise<void>;
  copyUserCode(): Promise<void>;
  /** Copies the address of the approval page, for a browser that has to be opened by hand. */
  copySignInAddress(): Promise<void>;
  cancelSignIn(): Promise<void>;

  renameAccount(account: string, label: string): Promise<AccountView>;
  /** A changed host is refused with `host_unconfirmed` until the person confirmed it. */
  setServers(account: string, servers: ServersInput, confirmed: boolean): Promise<AccountView>;
  signOut(account: string): Promise<SignedOutView>;
  removeAccount(account: string, deleteSecrets: boolean): Promise<void>;
  refreshWorkspaces(account: string): Promise<WorkspaceView[]>;

  /** Asks the service what a pasted key may do. Nothing is stored. `host` null is the published one. */
  checkAdminKey(source: string, provider: string, host: string | null): Promise<AdminKeyView>;
  addAccount(source: string, provider: string, host: string | null, label: string): Promise<AccountView>;
  /** Puts a pasted key in the place of the one that acts for the account. */
  replaceAdminKey(account: string, source: string): Promise<AccountView>;
  /** Lets a kept key act for its account. */
  useAsAdminKey(account: string, key: string): Promise<AccountView>;
  /** A changed host is refused with `host_unconfirmed` until the person confirmed it. */
  setHost(account: string, host: string, confirmed: boolean): Promise<AccountView>;
  refreshUsage(account: string): Promise<AccountView>;
  cancelRetry(account: string): Promise<void>;

  /** Null answers all keys, or of very many the first rows; `next` of an answer asks for the next page. */
  listKeys(after: number | null): Promise<KeyListView>;
  refreshKeys(account: string | null): Promise<void>;
  keyDetail(key: string): Promise<KeyDetailView>;
  createKey(input: CreateKeyInput): Promise<SlotView>;
  slot(): Promise<SlotView | null>;
  /**
   * The only command that answers a secret, letter by letter: joined to a text, they would stay in memory that
   * nobody can wipe. The caller drops them when they are hidden.
   */
  revealSecret(key: string): Promise<readonly string[]>;
  copySecret(key: string): Promise<ClipboardView>;
  copySnippet(key: string, snippet: string, withSecret: boolean): Promise<ClipboardView | null>;
  /** A name, a project or a prefix, for a field of the service's own page. */
  copyWords(words: string): Promise<void>;
  clearClipboard(): Promise<void>;
  keepSecret(key: string): Promise<SlotView | null>;
  forgetSecret(key: string): Promise<KeyView>;
  closeSlot(anyway: boolean): Promise<void>;

  revokePlan(key: string): Promise<RevokePlanView>;
  revokeKey(key: string, typed: string | null, leaked: boolean): Promise<RevokeResultView>;
  checkRevoked(key: string): Promise<RevokeResultView>;
  removeKey(key: string): Promise<void>;
  notePlace(key: string, name: string, detail: string): Promise<NotedPlaceView>;
  removeNotedPlace(place: string): Promise<void>;

  /** One request with a kept key. Never repeated by itself. */
  testKey(key: string): Promise<KeyTestView>;
  /** One request with a key that waits in Rust. */
  testPasted(source: string, provider: string, host: string | null): Promise<KeyTestView>;
  /** A reminder of Latchkey's own; null takes it away. */
  setReminder(key: string, on: string | null, utcOffsetMinutes: number): Promise<KeyView>;
  addToCalendar(key: string): Promise<SavedFileView>;
  dismissDue(): Promise<void>;
  /** Somebody looked at a key that woke. */
  seen(key: string): Promise<void>;

  pasteKey(): Promise<PastedView>;
  discardPasted(): Promise<void>;
  foundCredentials(): Promise<FoundView[]>;
  adoptKey(input: AdoptInput): Promise<AdoptedView>;
  /** What the file that was dropped on the window last holds. */
  droppedKeys(): Promise<DroppedView | null>;

  /** What is known of the named keys, or of all. Never a secret. */
  exportInventory(format: "csv" | "json", keys: string[] | null): Promise<SavedFileView>;
  chooseInventory(): Promise<ImportPlanView | null>;
  importInventory(id: string): Promise<ImportedView>;

  /** Reads Basic Memory's configuration now; asks nobody else. */
  projects(): Promise<ProjectsView>;
  /** Also asks the CLI for its version. */
  scanProjects(): Promise<ProjectsView>;
  checkCredentials(): Promise<ProjectsView>;
  switchProjects(projects: string[], to: "local" | "cloud", workspace: string | null): Promise<SwitchView>;
  /** Opens the system's folder dialog, then serves the project from the chosen folder. */
  chooseFolder(project: string): Promise<SwitchView>;
  undoSwitch(undo: string): Promise<ProjectsView>;
  applyAgain(project: string): Promise<SwitchView>;
  createInCloud(project: string): Promise<ProjectsView>;
  /** Writes a kept key into the configuration; null takes the key out of it. */
  useKey(key: string | null): Promise<ProjectsView>;
  trimKey(): Promise<ProjectsView>;
  migrateConfig(): Promise<ProjectsView>;
  /** A second device grant, whose tokens go to the CLI's own file. */
  startCliSignIn(account: string): Promise<SignInAttemptView>;

  listActivity(before: string | null, limit: number): Promise<ActivityView[]>;
  setSettings(settings: SettingsView): Promise<SettingsView>;
  /** Draws the window this large, in percent, also where it then can't be kept. */
  setZoom(percent: number): Promise<SettingsView>;
  checkStorage(): Promise<StorageView>;
  unlockStorage(): Promise<StorageView>;
  keepForSession(on: boolean): Promise<StorageView>;
  eraseEverything(typed: string): Promise<void>;
  /** Puts damaged records aside under another name. */
  setRecordsAside(): Promise<void>;
  /** Says that somebody uses the window; see state/presence.ts. */
  active(): Promise<void>;
  lock(): Promise<void>;
  unlock(): Promise<AppView>;
  quit(anyway: boolean): Promise<void>;

  /** Calls back whenever something changed; answers a function that ends it. */
  onChanged(callback: (topic: Topic) => void): Promise<() => void>;
}
