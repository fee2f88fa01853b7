// Owns the pretended projects of the fake backend: a configuration file in memory, its credentials and every state of both.

import { errorView, Failure } from "../../lib/failure";
import type { Backend } from "../backend";
import type { CheckView } from "../generated/CheckView";
import type { ProjectsView } from "../generated/ProjectsView";
import type { ProjectView } from "../generated/ProjectView";
import type { SignInAttemptView } from "../generated/SignInAttemptView";
import type { SourceView } from "../generated/SourceView";
import type { SwitchView } from "../generated/SwitchView";
import { withCode } from "./attempts";
import * as data from "./data";
import type { Call, Knobs } from "./index";

const MINUTE = 60_000;
const UNCHECKED: CheckView = { state: "not_checked", at: null, status: null };

/** What the fake knows of Basic Memory on this computer. */
export interface World {
  view: ProjectsView;
  /** What each source would answer if it were asked. */
  truth: { config_key: "works" | "refused"; cli_sign_in: "works" | "expired" | "refused" };
  /** The replaced projects of each undo. */
  undone: Map<string, ProjectView[]>;
  /** Projects that the cloud doesn't have. */
  missing: Set<string>;
  /** Projects whose folder nobody remembers. */
  folderless: Set<string>;
  /** The workspace that was chosen last. */
  workspace: string | null;
  /** What the folder dialog answers; null is Cancel. */
  folder: string | null;
}

/** Six projects, the key work-laptop in the file, and a sign-in of the CLI that works. */
export function world(now: number): World {
  const checked = { state: "works", at: data.iso(now - 2 * MINUTE), status: 200 } as const;
  return {
    view: {
      config: {
        path: "~/.basic-memory/config.json",
        decided_by: "home",
        other: null,
        overrides: [],
        state: "ready",
        problem: null,
        older: [],
        writable: true,
        cloud_host: "https://cloud.basicmemory.com",
        undo: null,
      },
      cli: { program: "bm", version: "0.24.1", state: "known" },
      projects: [
        project("main", "~/basic-memory", { is_default: true }),
        project("research", "~/notes/research", cloud("ws-acme", "Acme team")),
        project("work", "~/notes/work", cloud("ws-acme", "Acme team")),
        project("recipes", "~/Documents/recipes"),
        project("garden", "~/Documents/garden-log"),
        project("archive-2025", "~/notes/archive/2025", {
          ...cloud("ws-personal", "Personal"),
          reach: "unreachable",
        }),
      ],
      credentials: {
        sources: [
          source("variable", "BASIC_MEMORY_CLOUD_API_KEY"),
          source("config_key", "cloud_api_key", {
            set: true,
            in_use: true,
            key: "key-1",
            key_name: "work-laptop",
            prefix: "bmc_K7xR",
            check: checked,
          }),
          source("cli_sign_in", "basic-memory-cloud.json", { set: true, check: checked }),
        ],
        trap: null,
      },
      workspaces: [],
      now: data.iso(now),
    },
    truth: { config_key: "works", cli_sign_in: "works" },
    undone: new Map(),
    folderless: new Set(),
    missing: new Set(["recipes"]),
    workspace: null,
    folder: "~/Documents/notes",
  };
}

/** Turns the knobs for a state of the Projects page; false when there is none of that name. */
export function scene(knobs: Knobs, name: string): boolean {
  const turn = SCENES[name];
  turn?.(knobs);
  return turn !== undefined;
}

/** A project with what differs. */
export function project(key: string, folder: string | null, change: Partial<ProjectView> = {}): ProjectView {
  return {
    key,
    name: key,
    folder,
    is_default: false,
    served_from: "local",
    workspace_id: null,
    workspace: null,
    reach: "not_needed",
    in_cloud: "not_checked",
    undo: null,
    reverted: false,
    unknown_version: false,
    ...change,
  };
}

/** Every command about projects. */
export function commands(knobs: Knobs, call: Call): ProjectCommands {
  const world = (): World => knobs.projects;
  const workspaces = (): ProjectsView["workspaces"] =>
    knobs.accounts.find((account) => account.sign_in === "signed_in")?.workspaces ?? [];
  const view = (): ProjectsView => {
    knobs.projects.view = { ...knobs.projects.view, workspaces: workspaces(), now: data.iso(knobs.now) };
    return knobs.projects.view;
  };
  const answer = (undo: string | null, asks: SwitchView["asks"] = null): SwitchView => ({
    projects: view(),
    undo,
    asks,
  });
  const toLocal = (key: string, folder: string | null): void => {
    changeProject(knobs, key, {
      served_from: "local",
      workspace_id: null,
      workspace: null,
      reach: "not_needed",
      in_cloud: "not_checked",
      reverted: false,
      ...(folder === null ? {} : { folder }),
    });
  };
  const noteUndo = (before: ProjectView[]): string => {
    const undo = knobs.id("undo");
    world().undone.set(undo, before);
    for (const one of before) changeProject(knobs, one.key, { undo });
    return undo;
  };
  const serve = (keys: string[], to: "local" | "cloud", workspace: string | null): SwitchView => {
    const { config } = world().view;
    if (config.state === "older") throw new Failure(errorView("config_older", { field: config.path }));
    const before = world().view.projects.filter(
      (one) =>
        keys.includes(one.key) &&
        (one.served_from !== to || (to === "cloud" && workspace !== null && one.workspace_id !== workspace)),
    );
    if (to === "cloud") {
      const known = workspaces();
      const chosen = known.find((one) => one.id === (workspace ?? world().workspace));
      if (known.length > 1 && chosen === undefined) return answer(null, { kind: "workspace", workspaces: known });
      const place = chosen ?? known[0] ?? null;
      world().workspace = place?.id ?? null;
      for (const { key } of before) {
        changeProject(knobs, key, {
          served_from: "cloud",
          workspace_id: place?.id ?? null,
          workspace: place?.name ?? null,
          unknown_version: world().view.cli.state !== "known",
        });
      }
      judge(knobs);
      for (const { key } of before)
        changeProject(knobs, key, { in_cloud: world().missing.has(key) ? "missing" : "there" });
    } else {
      const asked = before.find((one) => world().folderless.has(one.key)) ?? null;
      for (const one of before) if (!world().folderless.has(one.key)) toLocal(one.key, null);
      const moved = before.filter((one) => !world().folderless.has(one.key));
      const undo = moved.length === 0 ? null : noteUndo(moved);
      return answer(undo, asked === null ? null : { kind: "folder", project: asked.key });
    }
    return answer(before.length === 0 ? null : noteUndo(before));
  };
  return {
    projects: () => call("projects", [], view),
    scanProjects: () => call("scanProjects", [], view),
    checkCredentials: () =>
      call("checkCredentials", [], () => {
        const { truth } = world();
        changeSources(knobs, (one) => {
          if (!one.set || one.empty) return one;
          const state = one.kind === "variable" ? "works" : truth[one.kind];
          const status = state === "works" ? 200 : state === "refused" ? 401 : null;
          return { ...one, check: { state, at: data.iso(knobs.now), status } };
        });
        judge(knobs);
        return view();
      }),
    switchProjects: (keys, to, workspace) =>
      call("switchProjects", [keys, to, workspace], () => serve(keys, to, workspace)),
    chooseFolder: (key) =>
      call("chooseFolder", [key], () => {
        const folder = world().folder;
        if (folder === null) return answer(null);
        const before = world().view.projects.filter((one) => one.key === key);
        world().folderless.delete(key);
        toLocal(key, folder);
        return answer(noteUndo(before));
      }),
    undoSwitch: (undo) =>
      call("undoSwitch", [undo], () => {
        const before = world().undone.get(undo);
        if (before === undefined) throw new Failure(errorView("project_gone"));
        for (const one of before) changeProject(knobs, one.key, { ...one, undo: null });
        judge(knobs);
        return view();
      }),
    applyAgain: (key) =>
      call("applyAgain", [key], () => {
        const now = world().view.projects.find((one) => one.key === key);
        changeProject(knobs, key, { reverted: false });
        return serve([key], now?.served_from === "cloud" ? "local" : "cloud", "ws-acme");
      }),
    createInCloud: (key) =>
      call("createInCloud", [key], () => {
        changeProject(knobs, key, { in_cloud: "there" });
        return view();
      }),
    useKey: (id) =>
      call("useKey", [id], () => {
        const key = id === null ? null : knobs.key(id);
        world().truth.config_key = "works";
        changeSources(knobs, (one) =>
          one.kind !== "config_key"
            ? one
            : source("config_key", "cloud_api_key", {
                set: key !== null,
                key: id,
                key_name: key?.name ?? null,
                prefix: key?.prefix ?? null,
              }),
        );
        judge(knobs);
        return view();
      }),
    trimKey: () =>
      call("trimKey", [], () => {
        changeSources(knobs, (one) => (one.kind === "config_key" ? { ...one, problem: null, check: UNCHECKED } : one));
        judge(knobs);
        return view();
      }),
    migrateConfig: () =>
      call("migrateConfig", [], () => {
        knobs.projects.view = {
          ...world().view,
          config: { ...world().view.config, state: "ready", older: [] },
        };
        return view();
      }),
    startCliSignIn: (account) =>
      call("startCliSignIn", [account], (): SignInAttemptView => {
        const server = data.AUTHORIZATION_SERVER;
        const begun = { id: knobs.id("attempt"), provider: "basic-memory", account, server, now: knobs.now };
        knobs.attempt = withCode(begun, "BCDF-GHJK");
        return knobs.attempt;
      }),
  };
}

type ProjectCommands = Pick<
  Backend,
  | "projects"
  | "scanProjects"
  | "checkCredentials"
  | "switchProjects"
  | "chooseFolder"
  | "undoSwitch"
  | "applyAgain"
  | "createInCloud"
  | "useKey"
  | "trimKey"
  | "migrateConfig"
  | "startCliSignIn"
>;

/** Changes one project, as if somebody had written the file. */
export function changeProject(knobs: Knobs, key: string, change: Partial<ProjectView>): void {
  knobs.projects.view = {
    ...knobs.projects.view,
    projects: knobs.projects.view.projects.map((one) => (one.key === key ? { ...one, ...change } : one)),
  };
}

/** Changes the sources of credentials and says which is in use. */
export function changeSources(knobs: Knobs, change: (one: SourceView) => SourceView): void {
  const changed = knobs.projects.view.credentials.sources.map(change);
  const hidden = changed.some((one) => one.empty);
  const first = changed.findIndex((one) => one.set && !one.empty && !(hidden && one.kind === "config_key"));
  knobs.projects.view = {
    ...knobs.projects.view,
    credentials: {
      ...knobs.projects.view.credentials,
      sources: changed.map((one, index) => ({ ...one, in_use: index === first })),
    },
  };
}

/** Finds the trap and what each cloud project can reach, as Rust would. */
export function judge(knobs: Knobs): void {
  const { sources } = knobs.projects.view.credentials;
  const used = sources.find((one) => one.in_use);
  const signIn = sources.find((one) => one.kind === "cli_sign_in");
  const dead = used === undefined || used.check.state === "refused" || used.check.state === "expired";
  const trap: ProjectsView["credentials"]["trap"] = sources.some((one) => one.empty)
    ? { kind: "empty_variable_hides_key", fixes: ["show_how"] }
    : used?.problem != null && used.kind === "config_key"
      ? { kind: "stray_space", fixes: ["trim_key"] }
      : dead && used?.kind === "config_key" && signIn?.check.state === "works"
        ? { kind: "stale_key_masks_sign_in", fixes: ["choose_key", "use_sign_in"] }
        : dead
          ? { kind: "none_works", fixes: ["choose_key", "create_key"] }
          : null;
  knobs.projects.view = {
    ...knobs.projects.view,
    credentials: { sources, trap },
    projects: knobs.projects.view.projects.map((one) => ({
      ...one,
      reach:
        one.served_from === "local"
          ? "not_needed"
          : dead || trap !== null
            ? "no_credential"
            : used.check.state === "not_checked"
              ? "unknown"
              : one.workspace_id === "ws-personal" && used.kind === "config_key"
                ? "unreachable"
                : "reachable",
    })),
  };
}

const SCENES: Record<string, (knobs: Knobs) => void> = {
  "projects-stale-key": (knobs) => {
    knobs.projects.truth.config_key = "refused";
    changeSources(knobs, (one) =>
      one.kind === "config_key"
        ? {
            ...one,
            key: null,
            key_name: "old-laptop",
            prefix: "bmc_Lm9c",
            check: { state: "refused", at: data.iso(knobs.now - MINUTE), status: 401 },
          }
        : one,
    );
    judge(knobs);
  },
  "projects-no-key": (knobs) => {
    knobs.projects.truth.cli_sign_in = "refused";
    changeSources(knobs, (one) =>
      one.kind === "config_key"
        ? source("config_key", "cloud_api_key")
        : one.kind === "cli_sign_in"
          ? { ...one, check: { state: "refused", at: data.iso(knobs.now - MINUTE), status: 401 } }
          : one,
    );
    judge(knobs);
  },
  "projects-nothing-set": (knobs) => {
    changeSources(knobs, (one) => source(one.kind, one.name));
    judge(knobs);
  },
  "projects-empty-variable": (knobs) => {
    changeSources(knobs, (one) => (one.kind === "variable" ? { ...one, set: true, empty: true } : one));
    judge(knobs);
  },
  "projects-stray-space": (knobs) => {
    changeSources(knobs, (one) =>
      one.kind === "config_key" ? { ...one, problem: "ends with a space", check: UNCHECKED } : one,
    );
    judge(knobs);
  },
  "projects-could-not-tell": (knobs) => {
    changeSources(knobs, (one) =>
      one.set ? { ...one, check: { state: "could_not_tell", at: data.iso(knobs.now), status: 503 } } : one,
    );
  },
  "projects-absent": (knobs) => {
    configure(knobs, { state: "absent" });
    knobs.projects.view = {
      ...knobs.projects.view,
      projects: [],
      cli: { program: null, version: null, state: "absent" },
    };
  },
  "projects-refused": (knobs) => {
    configure(knobs, {
      state: "refused",
      problem: errorView("config_refused", {
        field: "~/.basic-memory/config.json",
        text: "Line 12, column 3 isn’t valid JSON: a comma is missing.",
      }),
    });
    knobs.projects.view = { ...knobs.projects.view, projects: [] };
  },
  "projects-older": (knobs) => {
    configure(knobs, { state: "older", older: ["cloud_mode", "project_modes"] });
  },
  "projects-read-only": (knobs) => {
    configure(knobs, { writable: false });
  },
  "projects-two-files": (knobs) => {
    configure(knobs, {
      decided_by: "xdg_config_home",
      path: "~/.config/basic-memory/config.json",
      other: "~/.basic-memory/config.json",
      overrides: [
        {
          variable: "BASIC_MEMORY_CLOUD_HOST",
          effect: "The cloud is https://memory.acme.example, not the one in the file.",
        },
        { variable: "BASIC_MEMORY_FORCE_LOCAL", effect: "Nothing: it counts only with BASIC_MEMORY_EXPLICIT_ROUTING." },
      ],
    });
  },
  "projects-none": (knobs) => {
    knobs.projects.view = { ...knobs.projects.view, projects: [] };
  },
  "projects-remarks": (knobs) => {
    changeProject(knobs, "research", { in_cloud: "missing" });
    changeProject(knobs, "work", { unknown_version: true });
    changeProject(knobs, "recipes", { reverted: true, undo: "undo-1" });
    changeProject(knobs, "garden", { name: "Garden log 2025", key: "garden-log-2025" });
    knobs.projects.view = { ...knobs.projects.view, cli: { program: null, version: null, state: "absent" } };
  },
  "projects-many": (knobs) => {
    const projects = Array.from({ length: 10_000 }, (_, index) =>
      project(`notes-${String(index + 1)}`, `~/notes/${String(index + 1)}`),
    );
    knobs.projects.view = { ...knobs.projects.view, projects };
  },
};

function configure(knobs: Knobs, change: Partial<ProjectsView["config"]>): void {
  knobs.projects.view = { ...knobs.projects.view, config: { ...knobs.projects.view.config, ...change } };
}

function source(kind: SourceView["kind"], name: string, change: Partial<SourceView> = {}): SourceView {
  return {
    kind,
    name,
    set: false,
    empty: false,
    key: null,
    key_name: null,
    prefix: null,
    in_use: false,
    check: UNCHECKED,
    problem: null,
    ...change,
  };
}

function cloud(workspace_id: string, workspace: string): Partial<ProjectView> {
  return { served_from: "cloud", workspace_id, workspace, reach: "reachable", in_cloud: "there" };
}
