// Owns what the person chose to see on the Keys page: search, filters, order. It outlives the page, so coming back changes nothing.

import type { KeyView } from "../../ipc/generated/KeyView";
import type { App } from "../../state/app.svelte";
import { Facts } from "./facts";
import {
  counts,
  DEFAULT_SORT,
  FIRST_DIRECTION,
  type Fold,
  folded,
  linesOf,
  ordered,
  Search,
  type Sort,
  type SortColumn,
  type StatusFilter,
} from "./rows";

/** The choices and the rows that follow from them. */
export class KeysView {
  query = $state("");
  status = $state<StatusFilter>("all");
  account = $state<string | null>(null);
  sort = $state.raw<Sort>(DEFAULT_SORT);
  /** Whether old revoked keys are shown. */
  unfolded = $state(false);
  #app: App;

  constructor(app: App) {
    this.#app = app;
    // A long list comes in pages; what is worked out of each page need not be worked out of all at once.
    app.keys.onpage = (keys) => {
      for (const key of keys) this.#facts.of(key);
    };
  }

  readonly inAccount: readonly KeyView[] = $derived.by(() => {
    const account = this.account;
    return account === null ? this.#app.keys.all : this.#app.keys.all.filter((key) => key.account === account);
  });
  readonly counts = $derived(counts(this.inAccount));
  // A text, because it stays the same when accounts change in other ways: then nothing is sorted again.
  readonly #names = $derived.by(() =>
    JSON.stringify([
      this.#app.accounts.all.map((account) => [account.id, account.label]),
      this.#app.accounts.providers.map((provider) => [provider.id, provider.name]),
    ]),
  );
  readonly #facts = $derived.by(() => {
    const [labels, services] = JSON.parse(this.#names) as [[string, string][], [string, string][]];
    return new Facts(new Map(labels), new Map(services));
  });
  readonly #ordered = $derived.by(() =>
    ordered(this.#app.keys.all, this.#facts, { status: this.status, account: this.account, sort: this.sort }),
  );
  // Read with every list, not with the first letter: making the lines takes longer than finding in them.
  readonly #lines = $derived.by(() => linesOf(this.#app.keys.all, this.#facts));
  readonly #search = new Search();
  readonly #found = $derived(this.#search.find(this.#ordered, this.#lines, this.query));
  /** Whether there is anything to fold away: looked up once for a list, not for every letter of a search. */
  readonly #old = $derived(this.#ordered.keys.some((key) => key.folded));
  readonly #shown = $derived(
    folded(this.#found, { open: this.unfolded, searching: !this.#old || this.query.trim() !== "" }),
  );

  /** The rows of the table. */
  get rows(): readonly KeyView[] {
    return this.#shown.rows;
  }

  /** The line that hides old revoked keys, if there are any. */
  get fold(): Fold | null {
    return this.#shown.fold;
  }

  /** How many keys the choices let through, with those behind the line. */
  get passing(): number {
    return this.#found.length;
  }

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
