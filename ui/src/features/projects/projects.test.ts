// Owns the checks of the Projects page as a person uses it: the switch, undo, questions, credentials, states, keyboard.

import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import { changeProject, scene } from "../../ipc/fake/projects";
import type { App } from "../../state/app.svelte";
import { callsOf, settle, show, startedApp, stopApps } from "../../testing/app";
import ProjectsPage from "./ProjectsPage.svelte";

afterEach(() => {
  cleanup();
  stopApps();
});

async function page(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake }> {
  const started = await startedApp(turn);
  show(started.app, ProjectsPage, {});
  await settle();
  return started;
}

async function pageOf(name: string): Promise<{ app: App; fake: Fake }> {
  return page((fake) => {
    if (!scene(fake.knobs, name)) throw new Error(`there is no scene ${name}`);
  });
}

/** One workspace, so that nothing is asked. */
function oneWorkspace(fake: Fake): void {
  fake.knobs.changeAccount("work", {
    workspaces: [{ id: "ws-acme", name: "Acme team", role: "owner", is_default: true, may_create_keys: true }],
  });
}

function row(name: string): HTMLElement {
  const found = screen.getAllByTestId("project-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

function control(name: string): HTMLElement {
  return within(row(name)).getByRole("switch", { name: `Serve ${name} from the cloud` });
}

function half(name: string, label: "Local" | "Cloud"): HTMLElement {
  return within(control(name)).getByText(label);
}

describe("the table", () => {
  it("lists the projects with folder, default mark, route and workspace", async () => {
    await page();
    expect(screen.getByRole("grid", { name: "Projects" })).toHaveAttribute("aria-rowcount", "7");
    expect(row("main")).toHaveTextContent("Default");
    expect(within(row("main")).getByTestId("project-folder")).toHaveTextContent("~/basic-memory");
    expect(control("main")).not.toBeChecked();
    expect(control("research")).toBeChecked();
    expect(within(row("research")).getByTestId("project-workspace")).toHaveTextContent("Acme team");
    expect(screen.getByTestId("projects-summary")).toHaveTextContent(
      "6 Basic Memory projects on this computer · 3 served from the cloud",
    );
    expect(screen.getByTestId("config-path")).toHaveTextContent("read from ~/.basic-memory/config.json");
  });

  it("says where the key in use can't reach, and where bm put a switch back", async () => {
    const { fake } = await pageOf("projects-remarks");
    expect(row("archive-2025")).toHaveTextContent("work-laptop can’t reach it");
    expect(row("Garden log 2025")).toHaveTextContent("garden-log-2025");
    expect(row("work")).toHaveTextContent("bm version unknown");
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Create it there: research" }));
    await settle();
    expect(callsOf(fake, "createInCloud")).toEqual([["research"]]);
    await user.click(screen.getByRole("button", { name: "Apply again: recipes" }));
    await settle();
    expect(callsOf(fake, "applyAgain")).toEqual([["recipes"]]);
    expect(row("recipes")).not.toHaveTextContent("bm put it back");
  });

  it("says nothing about what notes a switch would move, because it moves none", async () => {
    await page();
    expect(screen.getByTestId("projects-hint")).toHaveTextContent(
      "Switching to Cloud changes where Basic Memory reads and writes. It does not move or upload notes. A key never changes a project’s mode.",
    );
  });
});

describe("the switch", () => {
  it("goes with one click, says so, and can be undone from the toast and later from the row", async () => {
    const { app, fake } = await page(oneWorkspace);
    const user = userEvent.setup();
    await user.click(half("main", "Cloud"));
    await settle();
    expect(callsOf(fake, "switchProjects")).toEqual([[["main"], "cloud", null]]);
    expect(control("main")).toBeChecked();
    expect(screen.getByTestId("projects-live")).toHaveTextContent(
      "main is served from the cloud. No notes were moved or uploaded.",
    );
    expect(app.toasts.current?.action?.label).toBe("Undo");
    app.toasts.dismiss();
    await user.click(within(row("main")).getByTestId("project-more"));
    await settle();
    await user.click(screen.getByTestId("project-menu-undo"));
    await settle();
    expect(callsOf(fake, "undoSwitch")).toHaveLength(1);
    expect(control("main")).not.toBeChecked();
    expect(within(row("main")).getByTestId("project-folder")).toHaveTextContent("~/basic-memory");
  });

  it("shows where it goes at once, is busy until it is written, and never changes its name", async () => {
    const { fake } = await page(oneWorkspace);
    const user = userEvent.setup();
    const name = control("main").getAttribute("aria-label");
    fake.knobs.latency = 40;
    await user.click(half("main", "Cloud"));
    expect(control("main")).toHaveAttribute("aria-busy", "true");
    expect(control("main")).toBeChecked();
    expect(control("main")).toHaveAttribute("aria-label", name);
    await waitFor(() => {
      expect(control("main")).not.toHaveAttribute("aria-busy");
    });
    expect(control("main")).toHaveAttribute("aria-label", name);
  });

  it("goes back to what the file says when it fails, and says why", async () => {
    await page((fake) => {
      oneWorkspace(fake);
      fake.knobs.fail("switchProjects", "config_not_written", { text: "The folder is read-only." });
    });
    const user = userEvent.setup();
    await user.click(half("main", "Cloud"));
    await settle();
    expect(control("main")).not.toBeChecked();
    expect(screen.getByTestId("projects-failure")).toHaveTextContent(/Couldn’t write.*The folder is read-only\./);
  });

  it("does nothing when the half that holds is pressed", async () => {
    const { fake } = await page();
    const user = userEvent.setup();
    await user.click(half("main", "Local"));
    await settle();
    expect(callsOf(fake, "switchProjects")).toHaveLength(0);
  });

  it("asks for the workspace when there is more than one and writes nothing before", async () => {
    const { fake } = await page();
    const user = userEvent.setup();
    await user.click(half("main", "Cloud"));
    await settle();
    expect(control("main")).not.toBeChecked();
    const dialog = screen.getByRole("dialog", { name: "Which workspace serves main?" });
    await user.click(within(dialog).getByRole("radio", { name: /Personal/ }));
    await user.click(screen.getByTestId("workspace-submit"));
    await settle();
    expect(callsOf(fake, "switchProjects").at(-1)).toEqual([["main"], "cloud", "ws-personal"]);
    expect(within(row("main")).getByTestId("project-workspace")).toHaveTextContent("Personal");
    expect(screen.queryByTestId("workspace-dialog")).toBeNull();
  });

  it("asks for the folder that nobody remembers, and a cancelled folder dialog changes nothing", async () => {
    const { fake } = await page((one) => one.knobs.projects.folderless.add("research"));
    const user = userEvent.setup();
    await user.click(half("research", "Local"));
    await settle();
    expect(screen.getByRole("dialog", { name: "Where are the notes of research?" })).toBeInTheDocument();
    fake.knobs.projects.folder = null;
    await user.click(screen.getByTestId("folder-choose"));
    await settle();
    expect(control("research")).toBeChecked();
    expect(screen.queryByTestId("folder-dialog")).toBeNull();
    fake.knobs.projects.folder = "~/notes/again";
    await user.click(half("research", "Local"));
    await settle();
    await user.click(screen.getByTestId("folder-choose"));
    await settle();
    expect(control("research")).not.toBeChecked();
    expect(within(row("research")).getByTestId("project-folder")).toHaveTextContent("~/notes/again");
  });

  it("asks for one folder after another when several have none", async () => {
    const { app, fake } = await page((one) => {
      one.knobs.projects.folderless.add("research");
      one.knobs.projects.folderless.add("work");
    });
    const user = userEvent.setup();
    for (const name of ["research", "work", "archive-2025"]) app.projects.selected.toggle(name);
    await settle();
    await user.click(screen.getByTestId("bulk-local"));
    await settle();
    expect(control("archive-2025")).not.toBeChecked();
    await user.click(screen.getByTestId("folder-choose"));
    await settle();
    expect(screen.getByRole("dialog", { name: "Where are the notes of work?" })).toBeInTheDocument();
    await user.click(screen.getByTestId("folder-choose"));
    await settle();
    expect(callsOf(fake, "chooseFolder")).toEqual([["research"], ["work"]]);
    expect(control("work")).not.toBeChecked();
    expect(screen.queryByTestId("folder-dialog")).toBeNull();
  });

  it("goes for several rows at once, and one undo takes all of them back", async () => {
    const { app, fake } = await page(oneWorkspace);
    const user = userEvent.setup();
    await user.click(screen.getByRole("checkbox", { name: "Select main" }));
    await user.click(screen.getByRole("checkbox", { name: "Select garden" }));
    await user.click(screen.getByRole("checkbox", { name: "Select work" }));
    expect(screen.getByTestId("bulk-count")).toHaveTextContent("3 selected");
    await user.click(screen.getByTestId("bulk-cloud"));
    await settle();
    expect(callsOf(fake, "switchProjects")).toEqual([[["main", "garden"], "cloud", null]]);
    expect(app.toasts.current?.title).toBe("2 projects are served from the cloud");
    app.toasts.current?.action?.run();
    await settle();
    expect(control("main")).not.toBeChecked();
    expect(control("garden")).not.toBeChecked();
    expect(control("work")).toBeChecked();
  });

  it("follows a change that somebody else made", async () => {
    const { fake } = await page();
    changeProject(fake.knobs, "garden", { served_from: "cloud", workspace: "Acme team" });
    fake.knobs.emit("projects");
    await settle();
    expect(control("garden")).toBeChecked();
  });
});

describe("the keyboard", () => {
  it("moves by letters and arrows and switches inside the control", async () => {
    const { fake } = await page(oneWorkspace);
    const user = userEvent.setup();
    await user.keyboard("j");
    expect(row("main")).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    expect(control("main")).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    await settle();
    expect(callsOf(fake, "switchProjects")).toEqual([[["main"], "cloud", null]]);
    expect(control("main")).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    expect(within(row("main")).getByTestId("project-more")).toHaveFocus();
    await user.keyboard("{ArrowLeft} ");
    await settle();
    expect(callsOf(fake, "switchProjects").at(-1)).toEqual([["main"], "local", null]);
    await user.keyboard("{Escape}{ArrowDown}k");
    expect(row("main")).toHaveFocus();
  });

  it("selects with x and Shift, and Esc clears first the selection, then the search", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    await user.keyboard("jx");
    expect([...app.projects.selected.ids]).toEqual(["main"]);
    await user.keyboard("{Shift>}J{/Shift}");
    await settle();
    expect([...app.projects.selected.ids]).toEqual(["main", "research"]);
    app.projects.query = "re";
    await settle();
    await user.keyboard("{Escape}");
    expect(app.projects.selected.size).toBe(0);
    expect(app.projects.query).toBe("re");
    await user.keyboard("{Escape}");
    expect(app.projects.query).toBe("");
  });

  it("opens the row's menu with Enter and finds the search with a slash", async () => {
    await page();
    const user = userEvent.setup();
    await user.keyboard("j{Enter}");
    await settle();
    expect(screen.getByTestId("project-menu-cloud")).toHaveTextContent("Serve from the cloud");
    await user.keyboard("{Escape}");
    await settle();
    await user.keyboard("/zzz");
    await settle();
    expect(screen.getByTestId("projects-no-match")).toHaveTextContent("No projects match “zzz”");
    await user.click(screen.getByTestId("projects-clear-search"));
    await settle();
    expect(screen.getAllByTestId("project-row")).toHaveLength(6);
  });
});

describe("which credential wins", () => {
  it("marks the first that is set, and says what each does", async () => {
    await page();
    const [variable, key, signIn] = screen.getAllByTestId("source");
    expect(variable).toHaveTextContent("Not set here");
    expect(key).toHaveTextContent(/In use.*work-laptop bmc_K7xR….*Works, checked 2 min ago/);
    expect(signIn).toHaveTextContent("Works, not needed");
  });

  it("leads out of a stale key that masks a good sign-in with one click", async () => {
    const { fake } = await pageOf("projects-stale-key");
    expect(screen.getByTestId("trap")).toHaveTextContent(
      "A stale key masks a good sign-in. Take it out of config.json and cloud projects work again.",
    );
    expect(screen.getAllByTestId("source")[1]).toHaveTextContent("Refused with 401, 1 min ago");
    expect(row("research")).toHaveTextContent("Not reachable now");
    const user = userEvent.setup();
    await user.click(screen.getByTestId("fix-use_sign_in"));
    await settle();
    expect(callsOf(fake, "useKey")).toEqual([[null]]);
    expect(screen.queryByTestId("trap")).toBeNull();
    expect(row("research")).not.toHaveTextContent("Not reachable now");
  });

  it("offers a kept key of the CLI's host, and only those", async () => {
    const { app, fake } = await pageOf("projects-no-key");
    expect(screen.getByTestId("banner")).toHaveTextContent("Cloud projects have no credential that works.");
    const user = userEvent.setup();
    await user.click(screen.getByTestId("fix-choose_key"));
    await settle();
    const offered = screen.getAllByTestId("choose-key-option");
    for (const one of offered) {
      const key = app.keys.byId(one.dataset["value"] ?? null);
      expect(key?.kept).not.toBe("nowhere");
      expect(app.accounts.byId(key?.account ?? null)?.provider).toBe("basic-memory");
    }
    await user.click(screen.getByTestId("choose-key-submit"));
    await settle();
    expect(callsOf(fake, "useKey")).toEqual([["key-1"]]);
    expect(screen.queryByTestId("choose-key-dialog")).toBeNull();
    expect(screen.queryByTestId("banner")).toBeNull();
  });

  it("opens Create from the way out of no credential", async () => {
    const { app } = await pageOf("projects-no-key");
    const user = userEvent.setup();
    await user.click(screen.getByTestId("fix-create_key"));
    expect(app.dialogs.current).toMatchObject({ kind: "create", prefill: { account: "work" } });
  });

  it("shows how a variable is taken out, since it can't do that", async () => {
    await pageOf("projects-empty-variable");
    expect(screen.getAllByTestId("source")[0]).toHaveTextContent("Set, but empty");
    expect(screen.getAllByTestId("source")[1]).toHaveTextContent("Works, but hidden");
    const user = userEvent.setup();
    await user.click(screen.getByTestId("fix-show_how"));
    await settle();
    expect(screen.getByTestId("show-how-dialog")).toHaveTextContent("unset BASIC_MEMORY_CLOUD_API_KEY");
  });

  it("takes a stray space out of the key", async () => {
    const { fake } = await pageOf("projects-stray-space");
    const user = userEvent.setup();
    await user.click(screen.getByTestId("fix-trim_key"));
    await settle();
    expect(callsOf(fake, "trimKey")).toHaveLength(1);
    expect(screen.queryByTestId("trap")).toBeNull();
  });

  it("signs in the CLI with a second approval", async () => {
    const { app } = await page();
    const user = userEvent.setup();
    await user.click(screen.getByTestId("cli-sign-in"));
    expect(app.dialogs.current).toEqual({ kind: "cli_sign_in", provider: "basic-memory", account: "work" });
  });

  it("says it when nobody answered, and asks again on a press", async () => {
    const { fake } = await pageOf("projects-could-not-tell");
    expect(screen.getAllByTestId("source")[1]).toHaveTextContent("Couldn’t tell: answered 503");
    const before = callsOf(fake, "checkCredentials").length;
    const user = userEvent.setup();
    await user.click(screen.getByTestId("check-credentials"));
    await settle();
    expect(callsOf(fake, "checkCredentials")).toHaveLength(before + 1);
    expect(screen.getAllByTestId("source")[1]).toHaveTextContent("Works");
  });
});

describe("the states of the file", () => {
  it("says what to do when Basic Memory isn't set up", async () => {
    await pageOf("projects-absent");
    expect(screen.getByTestId("config-absent")).toHaveTextContent("uv tool install basic-memory");
    expect(screen.queryByTestId("credentials")).toBeNull();
  });

  it("names the file and the line it can't read, and offers no switch", async () => {
    await pageOf("projects-refused");
    const state = screen.getByTestId("config-refused");
    expect(state).toHaveTextContent("Couldn’t use ~/.basic-memory/config.json");
    expect(state).toHaveTextContent("Nothing was changed. Line 12, column 3");
    expect(screen.queryByRole("switch")).toBeNull();
  });

  it("shows an older file, switches nothing in it, and migrates only when asked and confirmed", async () => {
    const { fake } = await pageOf("projects-older");
    expect(control("main")).toHaveAttribute("aria-disabled", "true");
    const user = userEvent.setup();
    await user.click(half("main", "Cloud"));
    await settle();
    expect(callsOf(fake, "switchProjects")).toHaveLength(0);
    await user.click(screen.getByTestId("migrate"));
    await settle();
    await user.click(screen.getByTestId("migrate-cancel"));
    await settle();
    expect(callsOf(fake, "migrateConfig")).toHaveLength(0);
    await user.click(screen.getByTestId("migrate"));
    await settle();
    await user.click(screen.getByTestId("migrate-confirm"));
    await settle();
    expect(callsOf(fake, "migrateConfig")).toHaveLength(1);
    expect(control("main")).not.toHaveAttribute("aria-disabled");
  });

  it("only shows the projects of a file that can't be written", async () => {
    await pageOf("projects-read-only");
    expect(screen.getByTestId("banner")).toHaveAttribute("data-kind", "read-only");
    expect(control("main")).toHaveAttribute("data-tip", "config.json can’t be written");
    expect(screen.queryByTestId("choose-key")).toBeNull();
  });

  it("says which of two files bm ignores and which variables override the file", async () => {
    await pageOf("projects-two-files");
    expect(screen.getByTestId("banner")).toHaveTextContent(
      "bm ignores ~/.basic-memory/config.json. It reads ~/.config/basic-memory/config.json, because XDG_CONFIG_HOME is set.",
    );
    expect(screen.getByTestId("overrides")).toHaveTextContent("BASIC_MEMORY_CLOUD_HOST");
  });

  it("says how the first project is made", async () => {
    await pageOf("projects-none");
    expect(screen.getByTestId("no-projects")).toHaveTextContent("bm project add notes ~/notes");
  });

  it("keeps what was read when a later reading fails, and says why when the first one does", async () => {
    await page((fake) => {
      for (const command of ["projects", "scanProjects"] as const) fake.knobs.fail(command, "records_failed");
    });
    expect(screen.getByTestId("projects-unread")).toHaveTextContent("Couldn’t read or write Latchkey’s records");
  });

  it("takes everything off the screen when the app is locked", async () => {
    const { app } = await page();
    await app.lock();
    expect(app.projects.view).toBeNull();
  });
});
