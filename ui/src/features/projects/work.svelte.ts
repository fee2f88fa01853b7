// Owns what the Projects page is doing: a switch, a way out of a trap, the question it waits for, and what went wrong. Leaves out how it looks.

import type { ErrorView } from "../../ipc/generated/ErrorView";
import type { ProjectView } from "../../ipc/generated/ProjectView";
import type { SwitchView } from "../../ipc/generated/SwitchView";
import type { WorkspaceView } from "../../ipc/generated/WorkspaceView";
import { failureOf } from "../../lib/failure";
import type { App } from "../../state/app.svelte";
import type { Route } from "../../state/projects.svelte";
import { type Fix, PROVIDER, switched, undone } from "./words";

/** A question that stands on screen. */
export type Asked =
  | { kind: "workspace"; keys: readonly string[]; workspaces: readonly WorkspaceView[]; current: string | null }
  /** One project is asked for at a time; the others of the same press follow. */
  | { kind: "folder"; project: string; keys: readonly string[] }
  | { kind: "key"; failure: ErrorView | null }
  | { kind: "how" }
  | { kind: "migrate" };

/** One piece of work at a time; the rows know of their own switches by themselves. */
export class ProjectsWork {
  failure = $state.raw<ErrorView | null>(null);
  asked = $state.raw<Asked | null>(null);
  /** Whether the question on screen is being answered. */
  busy = $state(false);
  /** The way out of a trap that is being taken. */
  fixing = $state<Fix | null>(null);
  /** The key of the project whose remark's button is at work. */
  working = $state<string | null>(null);
  /** Where the selection is going. */
  bulk = $state<Route | null>(null);
  /** Does again what failed, where that makes sense. */
  again = $state.raw<(() => void) | null>(null);
  /** What is said aloud. */
  said = $state("");
  #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async scan(): Promise<void> {
    this.#begin(() => void this.scan());
    await this.#attempt(() => this.#app.projects.scan());
  }

  async check(): Promise<void> {
    this.#begin(() => void this.check());
    await this.#attempt(() => this.#app.projects.check());
  }

  async serve(keys: readonly string[], to: Route, workspace: string | null = null): Promise<void> {
    this.#begin(() => void this.serve(keys, to, workspace));
    await this.#attempt(async () => {
      this.#tell(await this.#app.projects.serve(keys, to, workspace), keys);
    });
  }

  async serveSelected(to: Route): Promise<void> {
    const { projects, toasts } = this.#app;
    const keys = projects.all
      .filter((project) => projects.selected.has(project.key) && project.served_from !== to)
      .map((project) => project.key);
    if (keys.length === 0) {
      toasts.say(to === "cloud" ? "They are served from the cloud already" : "They are served locally already");
      return;
    }
    this.bulk = to;
    await this.serve(keys, to);
    this.bulk = null;
  }

  async undo(id: string | null): Promise<void> {
    if (id === null) return;
    this.#begin(() => void this.undo(id));
    const { projects, toasts } = this.#app;
    const before = projects.all.filter((project) => project.undo === id);
    if (!(await this.#attempt(() => projects.undo(id)))) return;
    const words = undone(before, projects.all);
    this.said = words.detail === null ? `${words.title}.` : `${words.title}. ${words.detail}.`;
    toasts.say(words.title, words.detail);
  }

  async createInCloud(project: ProjectView): Promise<void> {
    await this.#work(project, async () => {
      await this.#app.projects.createInCloud(project.key);
      this.said = `${project.name} exists in the cloud.`;
    });
  }

  async applyAgain(project: ProjectView): Promise<void> {
    await this.#work(project, async () => {
      this.#tell(await this.#app.projects.applyAgain(project.key), [project.key]);
    });
  }

  async chooseFolder(key: string): Promise<void> {
    const { projects } = this.#app;
    const others = this.asked?.kind === "folder" ? this.asked.keys.filter((other) => other !== key) : [];
    const seen = { chosen: false };
    this.failure = null;
    this.busy = true;
    const done = await this.#attempt(async () => {
      const answer = await projects.chooseFolder(key);
      seen.chosen = answer.undo !== null;
      this.#tell(answer, [key]);
    });
    this.busy = false;
    if (!done) this.asked = null;
    // What was selected together and still waits for a folder is asked for next.
    const waiting = others.filter((other) => projects.byKey(other)?.served_from === "cloud");
    if (done && seen.chosen && waiting.length > 0) await this.serve(waiting, "local");
  }

  /** Asks which other workspace serves a project that is in the cloud. */
  askWorkspace(project: ProjectView): void {
    const workspaces = this.#app.projects.view?.workspaces ?? [];
    this.asked = { kind: "workspace", keys: [project.key], workspaces, current: project.workspace_id };
  }

  async chooseWorkspace(workspace: string): Promise<void> {
    if (this.asked?.kind !== "workspace" || this.busy) return;
    const { keys } = this.asked;
    this.busy = true;
    await this.serve(keys, "cloud", workspace);
    this.busy = false;
    this.asked = null;
  }

  async useKey(key: string | null): Promise<void> {
    this.busy = true;
    try {
      await this.#app.projects.useKey(key);
      this.asked = null;
      const title =
        key === null ? "bm uses its own sign-in" : `bm uses ${this.#app.keys.byId(key)?.name ?? "that key"}`;
      const detail = key === null ? "The key was taken out of config.json" : "It was written to config.json";
      this.said = `${title}. ${detail}.`;
      this.#app.toasts.say(title, detail);
      void this.check();
    } catch (reason) {
      if (this.asked?.kind === "key") this.asked = { kind: "key", failure: failureOf(reason) };
      else this.failure = failureOf(reason);
    } finally {
      this.busy = false;
    }
  }

  async fix(way: Fix): Promise<void> {
    this.failure = null;
    if (way === "choose_key") this.asked = { kind: "key", failure: null };
    else if (way === "create_key") this.create();
    else if (way === "show_how") this.asked = { kind: "how" };
    else {
      this.fixing = way;
      if (way === "use_sign_in") await this.useKey(null);
      else if (await this.#attempt(() => this.#app.projects.trimKey())) {
        this.said = "The space was taken out of the key.";
        await this.check();
      }
      this.fixing = null;
    }
  }

  /** Makes a key for bm, or the account that can make one. */
  create(): void {
    this.asked = null;
    const { accounts, dialogs } = this.#app;
    const able = accounts.signedIn.find((account) => account.provider === PROVIDER);
    const known = accounts.all.find((account) => account.provider === PROVIDER);
    if (able !== undefined) {
      dialogs.open({ kind: "create", prefill: { account: able.id, name: "bm on this computer", workspace: null } });
    } else if (known !== undefined) {
      dialogs.open({ kind: "sign_in", provider: PROVIDER, account: known.id, servers: null });
    } else {
      dialogs.open({ kind: "add_account" });
    }
  }

  async migrate(): Promise<void> {
    this.busy = true;
    if (await this.#attempt(() => this.#app.projects.migrate())) {
      this.said = "config.json is in the newer format.";
      this.#app.toasts.say("config.json is in the newer format", "The old one is kept beside it");
    }
    this.busy = false;
    this.asked = null;
  }

  async undoMigration(id: string): Promise<void> {
    this.failure = null;
    if (await this.#attempt(() => this.#app.projects.undo(id))) {
      this.said = "config.json is in its older format again.";
      this.#app.toasts.say("config.json is in its older format again");
    }
  }

  /** Says what a switch did, offers to undo it, and asks what it has to know. */
  #tell(answer: SwitchView, keys: readonly string[]): void {
    const { undo, asks } = answer;
    const done = undo === null ? [] : answer.projects.projects.filter((project) => project.undo === undo);
    const to = done[0]?.served_from;
    if (undo !== null && to !== undefined) {
      const names = done.map((project) => project.name);
      const words = switched(names, to);
      this.said = `${words.title}. ${words.detail}`;
      this.#app.toasts.say(words.title, words.detail, { label: "Undo", run: () => void this.undo(undo) });
    }
    this.asked =
      asks === null
        ? null
        : asks.kind === "workspace"
          ? { kind: "workspace", keys, workspaces: asks.workspaces, current: null }
          : { kind: "folder", project: asks.project, keys };
  }

  async #work(project: ProjectView, action: () => Promise<void>): Promise<void> {
    this.#begin(() => void this.#work(project, action));
    this.working = project.key;
    await this.#attempt(action);
    this.working = null;
  }

  #begin(again: () => void): void {
    this.failure = null;
    this.again = again;
  }

  async #attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (reason) {
      this.failure = failureOf(reason);
      return false;
    }
  }
}
