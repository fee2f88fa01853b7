// Owns what the palette offers: actions that are possible now, accounts, keys and what can be done to one. Leaves out
// search and drawing.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { GlyphView } from "../../ipc/generated/GlyphView";
import type { KeyStatusView } from "../../ipc/generated/KeyStatusView";
import type { KeyView } from "../../ipc/generated/KeyView";
import type { IconName } from "../../components/icons";
import { MOST_AT_ONCE } from "../../lib/bulk";
import { count } from "../../lib/durations";
import { capsOf, type ShortcutId, SHORTCUTS } from "../../lib/shortcuts";
import { percent, zoomed, type ZoomChange } from "../../lib/zoom";
import type { App, PageName, SettingsTab } from "../../state/app.svelte";

/** One line of the palette. */
export interface Item {
  /** Its name among what was chosen last. */
  id: string;
  title: string;
  /** What is said beside the title. */
  detail?: string;
  /** A prefix, before the detail. */
  prefix?: string;
  icon?: IconName;
  glyph?: GlyphView | null;
  status?: KeyStatusView;
  caps?: readonly string[];
  /** Why it can't be done now. */
  reason?: string | null;
  /** The key it stands for. */
  key?: KeyView;
  run: () => unknown;
}

/** What the palette needs from the window. */
export interface Ways {
  control: string;
  /** Shows only the keys of an account. */
  showAccount: (account: AccountView) => void;
  /** Shows the list of keys, searched for these words. */
  searchKeys: (query: string) => void;
  /** Does a shortcut's work on the page of keys. */
  onKeys: (id: ShortcutId, key: string) => void;
}

/** What can be done to one key now. */
export function keyActions(app: App, key: KeyView, ways: Ways): Item[] {
  const kept = key.kept !== "nowhere";
  const dead = key.status === "expired" || key.status === "revoked";
  const act = (id: ShortcutId, title: string, icon: IconName): Item => ({
    id: `${id}:${key.id}`,
    title,
    icon,
    caps: caps(id, ways.control),
    run: () => ways.onKeys(id, key.id),
  });
  return [
    act("open", "Open details", "info"),
    ...(kept && !dead ? [act("copy", "Copy key", "copy")] : []),
    ...(kept && key.status !== "revoked" ? [act("test", "Test key", "flask")] : []),
    ...(dead ? [] : [{ ...act("revoke", "Revoke key", "ban"), reason: app.accounts.noRevoke }]),
  ];
}

/** What can be done anywhere. */
export function actions(app: App, ways: Ways): Item[] {
  const go = (page: PageName, title: string, icon: IconName, id?: ShortcutId): Item => ({
    id: `page:${page}`,
    title,
    icon,
    ...(id === undefined ? {} : { caps: caps(id, ways.control) }),
    run: () => (app.page = page),
  });
  const tab = (name: SettingsTab, title: string): Item => ({
    id: `settings:${name}`,
    title: `Settings: ${title}`,
    icon: "sliders",
    run: () => {
      app.settingsTab = name;
      app.page = "settings";
    },
  });
  const save = (format: "csv" | "json"): Item => ({
    id: `export:${format}`,
    title: `Export the inventory as ${format.toUpperCase()}`,
    detail: "never secrets",
    icon: "install",
    run: () => {
      app.settingsTab = "general";
      app.page = "settings";
      void app.inventory.save(format);
    },
  });
  const { theme, letter_shortcuts: letters } = app.settings.value;
  const wear = (name: string, title: string): Item[] =>
    theme === name
      ? []
      : [{ id: `theme:${name}`, title, icon: "eye", run: () => void app.settings.change({ theme: name }) }];
  const zoom = (change: ZoomChange, title: string): Item => {
    const id = `zoom_${change}` as const;
    const now = app.settings.value.zoom;
    const reason = zoomed(now, change) === now ? `It is ${percent(now)} already` : null;
    return { id, title, icon: "search", caps: caps(id, ways.control), reason, run: () => app.shortcuts.run(id) };
  };
  const selected = app.keys.all.filter((key) => app.keys.selected.has(key.id)).map((key) => key.id);
  return [
    ...(selected.length === 0 || selected.length > MOST_AT_ONCE
      ? []
      : [
          {
            id: "selection:revoke",
            title: `Revoke ${count(selected.length, "selected key")}`,
            icon: "ban" as const,
            reason: app.accounts.noRevoke,
            run: () => app.dialogs.open({ kind: "bulk_revoke", keys: selected }),
          },
        ]),
    ...(selected.length === 0
      ? []
      : [
          {
            id: "selection:clear",
            title: "Clear the selection",
            icon: "x" as const,
            run: () => app.keys.selected.clear(),
          },
        ]),
    {
      id: "create",
      title: "Create key",
      icon: "plus",
      caps: caps("create", ways.control),
      reason: app.accounts.noCreate,
      run: () => app.dialogs.open({ kind: "create", prefill: null }),
    },
    { id: "add_account", title: "Add account", icon: "plus", run: () => app.dialogs.open({ kind: "add_account" }) },
    { id: "paste_key", title: "Paste a key", icon: "paste", run: () => app.dialogs.open({ kind: "paste_key" }) },
    { id: "refresh", title: "Check all lists now", icon: "refresh", run: () => void app.refresh() },
    go("keys", "Keys", "key", "keys"),
    go("projects", "Projects", "folder", "projects"),
    go("activity", "Activity", "pulse", "activity"),
    tab("general", "General"),
    tab("secrets", "Secrets"),
    tab("accounts", "Accounts"),
    tab("notifications", "Notifications"),
    save("csv"),
    save("json"),
    ...wear("light", "Use the light theme"),
    ...wear("dark", "Use the dark theme"),
    ...wear("system", "Follow the system’s theme"),
    zoom("larger", "Zoom in"),
    zoom("smaller", "Zoom out"),
    zoom("ordinary", "Zoom to 100 %"),
    {
      id: "letters",
      title: letters ? "Turn single-letter shortcuts off" : "Turn single-letter shortcuts on",
      icon: "sliders",
      run: () => void app.settings.change({ letter_shortcuts: !letters }),
    },
    {
      id: "sheet",
      title: "All shortcuts",
      icon: "info",
      caps: caps("sheet", ways.control),
      run: () => app.dialogs.open({ kind: "shortcuts" }),
    },
    { id: "lock", title: "Lock", icon: "lock", caps: caps("lock", ways.control), run: () => void app.lock() },
  ];
}

/** Every account: its keys, or what it needs to be read again. */
export function accountItems(app: App, ways: Ways): Item[] {
  return app.accounts.all.map((account) => {
    const words = app.accounts.standing(account, app.clock.minute);
    return {
      id: `account:${account.id}`,
      title: account.label,
      detail: [app.accounts.serviceOf(account), words.short].filter((part) => part !== "").join(" · "),
      glyph: app.accounts.glyph(account.provider),
      run: () => ways.showAccount(account),
    };
  });
}

/** A key as a line. */
export function keyItem(app: App, key: KeyView, ways: Ways): Item {
  return {
    id: `key:${key.id}`,
    title: key.name,
    prefix: key.prefix === null ? "" : `${key.prefix}…`,
    detail: app.accounts.byId(key.account)?.label ?? "",
    glyph: app.accounts.glyph(key.provider),
    status: key.status,
    key,
    run: () => ways.onKeys("open", key.id),
  };
}

function caps(id: ShortcutId, control: string): readonly string[] {
  const press = SHORTCUTS.find((shortcut) => shortcut.id === id)?.presses[0];
  return press === undefined ? [] : capsOf(press, control);
}
