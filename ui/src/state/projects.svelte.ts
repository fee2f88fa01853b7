// Owns Basic Memory's projects as the window sees them: the last reading, what is under way, the selection. Leaves out words and dialogs.

import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../ipc/backend";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { ProjectsView } from "../ipc/generated/ProjectsView";
import type { ProjectView } from "../ipc/generated/ProjectView";
import type { SwitchView } from "../ipc/generated/SwitchView";
import { failureOf } from "../lib/failure";
import { Asking } from "./asking";
import { Selection } from "./selection.svelte";

/** Where a project is served from. */
export type Route = ProjectView["served_from"];

/** The projects of this computer and what is being done to them. */
export class Projects {
  view = $state.raw<ProjectsView | null>(null);
  /** Why they could not be read. */
  failure = $state.raw<ErrorView | null>(null);
  /** Whether the file and the CLI are being read again because the person asked. */
  scanning = $state(false);
  /** Whether the cloud is being asked about the credentials. */
  checking = $state(false);
  /** What is searched for; it outlives the page. */
  query = $state("");
  /** Keys of the projects whose switch is under way, with where they go. */
  readonly pending = new SvelteMap<string, Route>();
  /** Keys of the selected projects. A new reading takes out only those that are gone. */
  readonly selected = new Selection();
  /** The project under the keyboard cursor. */
  cursor = $state<string | null>(null);

  #backend: Backend;
  #reading: Asking;
  /** Counts the answers taken over, so that a reading that began before one of them is not believed. */
  #taken = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#reading = new Asking(() => this.#read());
  }

  get all(): readonly ProjectView[] {
    return this.view?.projects ?? [];
  }

  byKey(key: string | null): ProjectView | null {
    return this.all.find((project) => project.key === key) ?? null;
  }

  /** Where the row shows a project: where it goes, before the answer is there. */
  shown(project: ProjectView): Route {
    return this.pending.get(project.key) ?? project.served_from;
  }

  /** Reads the file again. */
  reload(): Promise<void> {
    return this.#reading.request();
  }

  /** Reads the file again and asks the CLI for its version. */
  async scan(): Promise<void> {
    this.scanning = true;
    try {
      this.#take(await this.#backend.scanProjects());
    } finally {
      this.scanning = false;
    }
  }

  /** Asks the cloud whether the credentials work. */
  async check(): Promise<void> {
    this.checking = true;
    try {
      this.#take(await this.#backend.checkCredentials());
    } finally {
      this.checking = false;
    }
  }

  /** Serves projects from here or from the cloud; rejects when nothing was written. */
  async serve(keys: readonly string[], to: Route, workspace: string | null = null): Promise<SwitchView> {
    for (const key of keys) this.pending.set(key, to);
    try {
      return this.#answer(await this.#backend.switchProjects([...keys], to, workspace));
    } finally {
      for (const key of keys) this.pending.delete(key);
    }
  }

  /** Lets the person choose the folder of a project, then serves it from there. */
  async chooseFolder(key: string): Promise<SwitchView> {
    return this.#answer(await this.#backend.chooseFolder(key));
  }

  async undo(undo: string): Promise<void> {
    this.#take(await this.#backend.undoSwitch(undo));
  }

  /** Writes a switch again that a slow `bm` put back. */
  async applyAgain(key: string): Promise<SwitchView> {
    return this.#answer(await this.#backend.applyAgain(key));
  }

  async createInCloud(key: string): Promise<void> {
    this.#take(await this.#backend.createInCloud(key));
  }

  /** Writes a kept key into the file; null takes the key out of it. */
  async useKey(key: string | null): Promise<void> {
    this.#take(await this.#backend.useKey(key));
  }

  async trimKey(): Promise<void> {
    this.#take(await this.#backend.trimKey());
  }

  async migrate(): Promise<void> {
    this.#take(await this.#backend.migrateConfig());
  }

  /** Forgets what was read: the app was locked. */
  clear(): void {
    this.view = null;
    this.selected.clear();
    this.pending.clear();
    this.query = "";
    this.#taken += 1;
  }

  #answer(answer: SwitchView): SwitchView {
    this.#take(answer.projects);
    return answer;
  }

  #take(view: ProjectsView): void {
    this.#taken += 1;
    this.view = view;
    this.failure = null;
    const known = new Set(view.projects.map((project) => project.key));
    this.selected.retain(known);
    if (this.cursor !== null && !known.has(this.cursor)) this.cursor = null;
  }

  async #read(): Promise<void> {
    const before = this.#taken;
    try {
      const view = await this.#backend.projects();
      if (this.#taken === before) this.#take(view);
    } catch (reason) {
      this.failure = failureOf(reason);
    }
  }
}
