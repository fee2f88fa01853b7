// Owns which parts of the window come in files of their own, read when they are first wanted: the window opens sooner
// and weighs less without them. What covers a lock is none of them, because it may not wait.

import type { Component } from "svelte";

/** Reads the file of a part. The browser keeps it: a second time costs nothing. */
export type Load<Props extends Record<string, unknown>> = () => Promise<{ default: Component<Props> }>;

/** The pages. */
export const PAGES = {
  first: () => import("./FirstPage.svelte"),
  keys: () => import("../features/keys/KeysPage.svelte"),
  projects: () => import("../features/projects/ProjectsPage.svelte"),
  activity: () => import("../features/activity/ActivityPage.svelte"),
  settings: () => import("../features/settings/SettingsPage.svelte"),
};

/** The dialogs. */
export const DIALOGS = {
  create: () => import("../features/create/CreateDialog.svelte"),
  revoke: () => import("../features/revoke/RevokeDialog.svelte"),
  bulkRevoke: () => import("../features/revoke/BulkRevokeDialog.svelte"),
  signIn: () => import("../features/signin/SignInDialog.svelte"),
  addAccount: () => import("../features/adopt/AddAccountDialog.svelte"),
  adminKey: () => import("../features/adopt/AdminKeyDialog.svelte"),
  pasteKey: () => import("../features/adopt/PasteKeyDialog.svelte"),
  dropped: () => import("../features/adopt/DroppedDialog.svelte"),
  importing: () => import("../features/inventory/ImportDialog.svelte"),
  palette: () => import("../features/palette/PaletteDialog.svelte"),
  shortcuts: () => import("./Shortcuts.svelte"),
  quit: () => import("../features/quit/QuitGuard.svelte"),
};

/** Reads every part, for tests that don't wait for each. */
export async function readAll(): Promise<void> {
  await Promise.all([...Object.values(PAGES), ...Object.values(DIALOGS)].map((load) => load()));
}
