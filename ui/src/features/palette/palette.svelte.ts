// Owns what the palette shows for what was typed: groups, the line under the cursor, the key it is narrowed to.

import type { KeyView } from "../../ipc/generated/KeyView";
import { match } from "../../lib/fuzzy";
import type { App } from "../../state/app.svelte";
import { accountItems, actions, type Item, keyActions, keyItem, type Ways } from "./items";
import { KeyIndex } from "./key-index";

/** A line with the letters that matched. */
export interface Shown {
  item: Item;
  ranges: readonly [number, number][];
}

/** Lines under one head. */
export interface Group {
  title: string;
  lines: readonly Shown[];
}

const MOST_KEYS = 8;
const MOST_OTHERS = 6;
const MOST_RECENT = 5;

/** One opening of the palette. */
export class Palette {
  query = $state("");
  /** The key whose actions alone are shown. */
  narrowed = $state.raw<KeyView | null>(null);
  /** The id of the line under the cursor; another list begins at its first line. */
  #at = $state<string | null>(null);
  #app: App;
  #ways: Ways;

  constructor(app: App, ways: Ways) {
    this.#app = app;
    this.#ways = ways;
  }

  /** The key in mind when the palette was opened: the one in the drawer, or under the cursor. */
  readonly #here = $derived.by(() => {
    const { keys, page } = this.#app;
    return page === "keys" ? (keys.byId(keys.opened) ?? keys.byId(keys.cursor)) : null;
  });
  readonly #actions = $derived.by(() => actions(this.#app, this.#ways));
  readonly #accounts = $derived.by(() => accountItems(this.#app, this.#ways));
  readonly #index = $derived.by(() => {
    const { accounts } = this.#app;
    const labels = new Map(accounts.all.map((account) => [account.id, account]));
    return new KeyIndex(this.#app.keys.all, {
      account: (key) => labels.get(key.account)?.label ?? "",
      service: (key) => accounts.serviceOf(labels.get(key.account) ?? null),
    });
  });

  readonly groups: readonly Group[] = $derived.by(() => {
    const query = this.query.trim();
    if (this.narrowed !== null) {
      const items = keyActions(this.#app, this.narrowed, this.#ways);
      return full([{ title: `On ${this.narrowed.name}`, lines: matching(items, query, items.length) }]);
    }
    return full(query === "" ? this.#unasked() : this.#asked(query));
  });
  readonly lines: readonly Shown[] = $derived(this.groups.flatMap((group) => group.lines));
  readonly current: Shown | null = $derived(
    this.lines.find((line) => line.item.id === this.#at) ?? this.lines[0] ?? null,
  );

  /** Moves the cursor round and round. */
  move(step: number): void {
    if (this.lines.length === 0) return;
    const at = this.lines.findIndex((line) => line === this.current);
    this.#at = this.lines[(at + step + this.lines.length) % this.lines.length]?.item.id ?? null;
  }

  /** Moves the cursor to the first or the last line. */
  edge(last: boolean): void {
    this.#at = (last ? this.lines[this.lines.length - 1] : this.lines[0])?.item.id ?? null;
  }

  point(item: Item): void {
    this.#at = item.id;
  }

  /** Shows only what can be done to the key under the cursor. */
  narrow(): boolean {
    const key = this.current?.item.key;
    if (key === undefined || this.narrowed !== null) return false;
    this.narrowed = key;
    this.query = "";
    this.#at = null;
    return true;
  }

  /** Goes back from one key to all. */
  widen(): boolean {
    if (this.narrowed === null) return false;
    this.narrowed = null;
    this.#at = null;
    return true;
  }

  #unasked(): Group[] {
    const here = this.#here;
    const known = new Map([...this.#actions, ...this.#accounts].map((item) => [item.id, item]));
    const recent = this.#app.recent.ids
      .flatMap((id) => {
        const key = id.startsWith("key:") ? this.#app.keys.byId(id.slice(4)) : null;
        const item = key === null ? known.get(id) : keyItem(this.#app, key, this.#ways);
        return item === undefined ? [] : [item];
      })
      .slice(0, MOST_RECENT);
    const taken = new Set(recent.map((item) => item.id));
    const rest = (items: readonly Item[]): Shown[] => plain(items.filter((item) => !taken.has(item.id)));
    return [
      { title: "Recent", lines: plain(recent) },
      ...(here === null ? [] : [{ title: `On ${here.name}`, lines: plain(keyActions(this.#app, here, this.#ways)) }]),
      { title: "Actions", lines: rest(this.#actions) },
      { title: "Accounts", lines: rest(this.#accounts) },
    ];
  }

  #asked(query: string): Group[] {
    const here = this.#here;
    const found = this.#index.find(query, MOST_KEYS);
    const keys: Shown[] = found.keys.map((key) => {
      const item = keyItem(this.#app, key, this.#ways);
      return { item, ranges: match(query, item.title)?.ranges ?? [] };
    });
    if (found.more) {
      const all: Item = {
        id: "search",
        title: `Show all keys that match “${query}”`,
        icon: "search",
        run: () => this.#ways.searchKeys(query),
      };
      keys.push({ item: all, ranges: [] });
    }
    return [
      ...(here === null
        ? []
        : [
            {
              title: `On ${here.name}`,
              lines: matching(keyActions(this.#app, here, this.#ways), query, MOST_OTHERS),
            },
          ]),
      { title: "Keys", lines: keys },
      { title: "Actions", lines: matching(this.#actions, query, MOST_OTHERS) },
      { title: "Accounts", lines: matching(this.#accounts, query, MOST_OTHERS) },
    ];
  }
}

function plain(items: readonly Item[]): Shown[] {
  return items.map((item) => ({ item, ranges: [] }));
}

function matching(items: readonly Item[], query: string, most: number): Shown[] {
  return items
    .flatMap((item) => {
      const found = match(query, item.title);
      const around = found ?? match(query, `${item.title} ${item.detail ?? ""}`);
      return around === null ? [] : [{ item, ranges: found?.ranges ?? [], score: around.score }];
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
}

function full(groups: readonly Group[]): Group[] {
  return groups.filter((group) => group.lines.length > 0);
}
