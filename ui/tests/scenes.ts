// Owns every page, dialog and state that the geometry and the forced colours are checked at. Leaves out the checks.

import type { Page } from "./chromium";

/** A state of the app: the pretended backend's scenario and the way there. */
export interface Scene {
  name: string;
  /** What stands behind `?` in the address. */
  query: string;
  lead: (page: Page) => Promise<void>;
}

function scene(
  name: string,
  fake: string,
  ready: string,
  ...steps: (string | ((page: Page) => Promise<void>))[]
): Scene {
  return {
    name,
    query: `fake=${fake}`,
    lead: async (page) => {
      await page.find(ready);
      for (const step of steps) {
        if (typeof step === "string") await page.press(step);
        else await step(page);
      }
      await page.settled();
    },
  };
}

const find =
  (name: string) =>
  async (page: Page): Promise<void> =>
    page.find(name);

const type =
  (name: string, text: string) =>
  async (page: Page): Promise<void> =>
    page.type(name, text);

/** What the pretended backend lets a test turn. */
interface Knobs {
  pasted: object | null;
  test: object;
  adminKey: object;
  signInTo: (state: string, change?: object) => void;
  changeAccount: (id: string, change: object) => void;
  emit: (topic: string) => void;
}

/** Turns the knobs of the pretended backend. It runs in the page, so it needs nothing from outside of itself. */
const turn =
  (work: (knobs: Knobs) => void) =>
  async (page: Page): Promise<void> =>
    page.runOn("latchkeyFake", work);

/** The account filter: a button with an icon alone where the page is narrow. */
const filter = async (page: Page): Promise<void> => {
  const narrow = await page.run(
    () => document.querySelector('[data-testid="filter-open"]')?.checkVisibility() === true,
  );
  await page.press(narrow ? "filter-open" : "account-filter");
  await page.find(narrow ? "filter-menu" : "account-filter-menu");
};

/** The key in the clipboard is one of the service that is asked about. */
const ofMemoryApi = turn((knobs) => {
  knobs.pasted = { ...knobs.pasted, prefix: "mem_live_Qx7d", suggested_provider: "memory-api" };
});
const ofMemoryKit = turn((knobs) => {
  knobs.pasted = { ...knobs.pasted, prefix: "ctx_Qx7d", suggested_provider: "memory-kit" };
});

/** The sign-in of an account whose browser comes back to this computer by itself. */
const inBrowser = [
  turn((knobs) => {
    knobs.changeAccount("home", { loopback: true });
    knobs.emit("app");
  }),
  '[data-account="home"] button, button[data-account="home"]',
  find("sign-in-browser"),
] as const;

const nothingHappened = turn((knobs) => {
  knobs.signInTo("waiting", { use_code_from: new Date(0).toISOString() });
});

const row = '[data-testid="key-row"] b';

/** From here on a service refuses whatever is tested. */
const refusing = turn((knobs) => {
  knobs.test = { result: "refused", status: 401 };
});

export const SCENES: readonly Scene[] = [
  scene("first-run", "first-run", "first-run", find("found-here")),
  scene(
    "first-run-failure",
    "first-run-nothing-found&fail=openSandbox:sandbox_failed",
    "first-run",
    "open-sandbox",
    find("first-run-failure"),
  ),
  scene("start-failure", "demo&fail=appState:records_damaged", "start-failure"),
  scene("lock", "demo", "key-row", "lock", find("lock-cover")),
  scene("keys", "demo", "key-row"),
  scene("keys-no-match", "demo", "key-row", "search-open", type("search", "nothing is called so"), find("no-match")),
  scene("keys-searching", "demo", "key-row", "search-open", type("search", "work")),
  scene("keys-empty", "empty", "empty"),
  scene("keys-loading", "checking", "skeleton"),
  scene("keys-no-list", "no-list", "banner"),
  scene("keys-offline", "offline", "banner"),
  scene("keys-due", "due", "banner"),
  scene("keys-partly-loaded", "partly-loaded", "banner"),
  scene("keys-troubled", "troubled", "banner"),
  scene("keys-sandbox", "sandbox", "banner"),
  scene("keys-keychain", "keychain-locked", "banner"),
  scene("keys-many", "many", "key-row"),
  scene(
    "keys-failure",
    "demo&fail=copySecret:keychain_locked",
    "key-row",
    row,
    "drawer-copy",
    find("keys-failure"),
    "drawer-close",
  ),
  scene("keys-selected", "demo", "key-row", "key-check-all", find("bulk-bar")),
  scene("keys-export-menu", "demo", "key-row", "key-check-all", "bulk-export", find("bulk-export-menu-csv")),
  scene("keys-row-menu", "demo", "key-row", "row-more", find("row-menu")),
  scene("keys-filter-menu", "demo", "key-row", filter),
  scene("drawer", "demo", "key-row", row, find("drawer")),
  scene("drawer-tested", "demo", "key-row", row, "drawer-test", find("test-result")),
  scene(
    "drawer-refused",
    "demo",
    "key-row",
    refusing,
    row,
    "drawer-test",
    find('[data-testid="test-result"][data-tone="bad"]'),
  ),
  scene("drawer-revealed", "demo", "key-row", row, "drawer-reveal", find("drawer-hides")),
  scene("drawer-reminder", "demo", "key-row", '[data-name="Analytics"] b', "reminder-edit", find("reminder-day")),
  scene("drawer-note", "demo", "key-row", row, "drawer-note", find("drawer-place-name")),
  scene("drawer-use", "demo", "key-row", row, "drawer-use", find("snippet-text")),
  scene("toast", "demo", "key-row", row, "drawer-copy", find("toast")),
  scene("toast-on-list", "demo", "key-row", row, "drawer-copy", find("toast"), "drawer-close"),
  scene("forget", "demo", "key-row", row, "drawer-forget", find("confirm-dialog")),
  scene("projects", "demo", "nav-projects", "nav-projects", find("project-row")),
  scene("projects-selected", "demo", "nav-projects", "nav-projects", "project-check-all", find("bulk-bar")),
  scene("projects-menu", "demo", "nav-projects", "nav-projects", "project-more", find("project-menu")),
  scene("projects-trap", "projects-stale-key", "nav-projects", "nav-projects", find("trap")),
  scene("projects-no-key", "projects-no-key", "nav-projects", "nav-projects", find("banner")),
  scene("projects-older", "projects-older", "nav-projects", "nav-projects", find("banner")),
  scene("projects-remarks", "projects-remarks", "nav-projects", "nav-projects", find("project-remark")),
  scene("projects-absent", "projects-absent", "nav-projects", "nav-projects", find("config-absent")),
  scene("projects-refused", "projects-refused", "nav-projects", "nav-projects", find("config-refused")),
  scene("choose-key", "demo", "nav-projects", "nav-projects", "choose-key", find("choose-key-dialog")),
  scene("show-how", "projects-empty-variable", "nav-projects", "nav-projects", "fix-show_how", find("show-how-dialog")),
  scene("migrate", "projects-older", "nav-projects", "nav-projects", "migrate", find("migrate-dialog")),
  scene("activity", "demo", "nav-activity", "nav-activity", find("activity-row")),
  scene(
    "activity-open",
    "demo",
    "nav-activity",
    "nav-activity",
    '[data-testid="activity-row"] button',
    find("activity-facts"),
  ),
  scene(
    "activity-empty",
    "demo",
    "nav-activity",
    "nav-activity",
    type("activity-search", "nothing"),
    find("activity-empty"),
  ),
  ...["general", "secrets", "accounts", "notifications", "erase"].map((tab) =>
    scene(`settings-${tab}`, "demo", "nav-settings", "nav-settings", `settings-${tab}`),
  ),
  ...["details", "rename", "servers", "sign-out", "remove"].map((panel) =>
    scene(
      `account-${panel}`,
      "demo",
      "nav-settings",
      "nav-settings",
      "settings-accounts",
      "account-menu-work",
      `account-menu-${panel}`,
      find('[data-testid^="account-panel-"]'),
    ),
  ),
  scene(
    "account-menu",
    "demo",
    "nav-settings",
    "nav-settings",
    "settings-accounts",
    "account-menu-work",
    find("account-menu"),
  ),
  scene("setting-menu", "demo", "nav-settings", "nav-settings", "setting-lock", find("setting-lock-menu")),
  scene("palette", "demo", "open-palette", "open-palette", find("palette-line")),
  scene("palette-search", "demo", "open-palette", "open-palette", type("palette-field", "work"), find("palette-line")),
  scene("shortcuts", "demo", "open-palette", async (page) => page.key("?", "Slash", 191), find("shortcuts-dialog")),
  scene("create", "demo", "create-key", "create-key", find("create-dialog")),
  scene("create-never", "demo", "create-key", "create-key", "create-expiry-never"),
  scene("create-custom", "demo", "create-key", "create-key", "create-expiry-custom", find("create-custom")),
  scene(
    "create-scopes",
    "demo",
    "create-key",
    "create-key",
    "create-account",
    "create-account-menu-tidepool",
    find("create-scopes"),
  ),
  scene(
    "create-guided",
    "demo",
    "create-key",
    "create-key",
    "create-account",
    "create-account-menu-helpdesk",
    find("create-have-key"),
  ),
  scene(
    "guided-paste",
    "demo",
    "create-key",
    "create-key",
    "create-account",
    "create-account-menu-helpdesk",
    type("create-name", "toured"),
    type("create-project", "notes"),
    "create-have-key",
    find("guided-dialog"),
  ),
  scene(
    "guided-pasted",
    "demo",
    "create-key",
    ofMemoryKit,
    "create-key",
    "create-account",
    "create-account-menu-helpdesk",
    type("create-name", "toured"),
    type("create-project", "notes"),
    "create-have-key",
    "guided-paste",
    find("guided-check-works"),
  ),
  scene(
    "create-duplicate",
    "demo",
    "create-key",
    "create-key",
    type("create-name", "work-laptop"),
    find("create-duplicate"),
  ),
  scene(
    "create-failure",
    "demo&fail=createKey:subscription_required",
    "create-key",
    "create-key",
    type("create-name", "toured"),
    "create-submit",
    find("create-failure"),
  ),
  scene(
    "secret",
    "demo",
    "create-key",
    "create-key",
    type("create-name", "toured"),
    "create-submit",
    find("secret-dialog"),
  ),
  scene(
    "secret-revealed",
    "demo",
    "create-key",
    "create-key",
    type("create-name", "toured"),
    "create-submit",
    "secret-reveal",
    find("[data-revealed]"),
  ),
  scene(
    "secret-guard",
    "demo",
    "create-key",
    "create-key",
    type("create-name", "toured"),
    "create-keep",
    "create-submit",
    "secret-done",
    find("secret-guard"),
  ),
  scene("revoke", "demo", "key-row", '[data-name="Analytics"] b', "drawer-revoke", find("revoke-dialog")),
  scene("revoke-typed", "demo", "key-row", '[data-name="work-laptop"] b', "drawer-revoke", find("revoke-dialog")),
  scene("revoke-admin", "demo", "key-row", row, "drawer-revoke", find("revoke-admin")),
  scene("revoke-browser", "no-list", "key-row", row, "drawer-revoke", find("revoke-browser")),
  scene(
    "revoke-done",
    "demo",
    "key-row",
    '[data-name="Analytics"] b',
    "drawer-revoke",
    "revoke-submit",
    find("revoke-done"),
  ),
  scene("bulk-revoke", "demo", "key-row", "key-check-all", "bulk-revoke", find("bulk-revoke-dialog")),
  scene("add-account", "demo", "add-account", "add-account", find("add-account-dialog")),
  scene("paste", "demo", "add-account", "add-account", "add-paste", find("paste-dialog")),
  scene("pasted", "demo", "add-account", "add-account", "add-paste", "paste-button", find("paste-name")),
  scene(
    "pasted-refused",
    "demo",
    "add-account",
    refusing,
    "add-account",
    "add-paste",
    "paste-button",
    "paste-test",
    find("paste-test-result"),
  ),
  scene("admin-key", "first-run", "first-run", "add-key-memory-api", find("admin-key-dialog")),
  scene(
    "admin-key-found",
    "first-run",
    "first-run",
    ofMemoryApi,
    "add-key-memory-api",
    "admin-paste",
    find("admin-found"),
  ),
  scene(
    "admin-key-lacks",
    "first-run",
    "first-run",
    ofMemoryApi,
    turn((knobs) => {
      knobs.adminKey = { lacks: ["admin"], can_create: "no", can_revoke: "no" };
    }),
    "add-key-memory-api",
    "admin-paste",
    find("admin-found"),
  ),
  scene(
    "admin-key-refused",
    "first-run",
    "first-run",
    ofMemoryApi,
    turn((knobs) => {
      knobs.adminKey = { accepted: false, status: 401 };
    }),
    "add-key-memory-api",
    "admin-paste",
    find('[data-testid="admin-found"][data-tone="bad"]'),
  ),
  scene("sign-in", "first-run", "first-run", "sign-in", find("sign-in-dialog")),
  scene("sign-in-servers", "first-run", "first-run", "sign-in", "sign-in-advanced", find("servers-host")),
  scene("sign-in-browser", "demo", "key-row", ...inBrowser),
  scene("sign-in-nothing-happened", "demo", "key-row", ...inBrowser, nothingHappened, find("sign-in-use-code")),
  scene("sign-in-use-code", "demo", "key-row", ...inBrowser, nothingHappened, "sign-in-use-code", find("sign-in-code")),
  scene(
    "sign-in-done",
    "first-run",
    "first-run",
    "sign-in",
    find("sign-in-code"),
    turn((knobs) => {
      knobs.signInTo("done");
    }),
    find("sign-in-done"),
  ),
];
