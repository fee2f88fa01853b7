// Owns writing the inventory to a file and reading one from another computer. Secrets are in neither; files are Rust's.

import type { Backend } from "../ipc/backend";
import type { ErrorView } from "../ipc/generated/ErrorView";
import type { ImportedView } from "../ipc/generated/ImportedView";
import type { ImportPlanView } from "../ipc/generated/ImportPlanView";
import type { SavedFileView } from "../ipc/generated/SavedFileView";
import { failureOf } from "../lib/failure";

/** A form in which the inventory can be written. */
export type InventoryFormat = "csv" | "json";

/** Export, choose a file, import. */
export class Inventory {
  /** The file that was written last, while the window is open. */
  saved = $state.raw<SavedFileView | null>(null);
  /** What is being done. */
  busy = $state<InventoryFormat | "choose" | null>(null);
  failure = $state.raw<ErrorView | null>(null);
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async save(format: InventoryFormat): Promise<void> {
    this.saved = null;
    this.saved = await this.#attempt(format, () => this.#backend.exportInventory(format, null));
  }

  /** Writes only the named keys. Throws what went wrong: the page shows it beside the list. */
  saveSome(format: InventoryFormat, keys: readonly string[]): Promise<SavedFileView> {
    return this.#backend.exportInventory(format, [...keys]);
  }

  /** The plan of the file that the person chose, or null. */
  choose(): Promise<ImportPlanView | null> {
    return this.#attempt("choose", () => this.#backend.chooseInventory());
  }

  /** Throws what went wrong: the dialog shows it. */
  take(plan: ImportPlanView): Promise<ImportedView> {
    return this.#backend.importInventory(plan.id);
  }

  /** Forgets what is on screen: the app was locked. */
  clear(): void {
    this.saved = null;
    this.failure = null;
  }

  async #attempt<Answer>(what: InventoryFormat | "choose", question: () => Promise<Answer>): Promise<Answer | null> {
    if (this.busy !== null) return null;
    this.busy = what;
    this.failure = null;
    try {
      return await question();
    } catch (reason) {
      this.failure = failureOf(reason);
      return null;
    } finally {
      this.busy = null;
    }
  }
}
