// Owns what the person chose to see on the Keys page: search, filters, order. It outlives the page, so coming back changes nothing.

import type { KeyView } from "../../ipc/generated/KeyView";
import type { App } from "../../state/app.svelte";
import { counts, DEFAULT_SORT, FIRST_DIRECTION, rowsOf, type Sort, type SortColumn, type StatusFilter } from "./rows";

/** The choices and the rows that follow from them. */
export class KeysView {
  query = $state("");
  status = $state<StatusFilter>("all");
  account = $state<string | null>(null);
  sort = $state.raw<Sort>(DEFAULT_SORT);
  #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  readonly inAccount: readonly KeyView[] = $derived.by(() =>
    this.#app.keys.all.filter((key) => this.account === null || key.account === this.account),
  );
  readonly counts = $derived(counts(this.inAccount));
  readonly rows: readonly KeyView[] = $derived.by(() =>
    rowsOf(this.#app.keys.all, this.#app.accounts.all, {
      query: this.query,
      status: this.status,
      account: this.account,
      sort: this.sort,
    }),
  );

  /** Whether anything is hidden by a choice. */
  get filtered(): boolean {
    return this.status !== "all" || this.account !== null;
  }

  sortBy(column: SortColumn): void {
    const same = this.sort.column === column;
    const direction = same
      ? this.sort.direction === "ascending"
        ? "descending"
        : "ascending"
      : FIRST_DIRECTION[column];
    this.sort = { column, direction };
  }

  clearFilters(): void {
    this.status = "all";
    this.account = null;
  }
}
