// Owns fuzzy search over short texts. Leaves out where the texts come from.

/** A match: a higher score is better; ranges are [start, end) in the text. */
export interface Match {
  score: number;
  ranges: [number, number][];
}

/** Matches every word of the query, in any order; letters of one word must come in order. Null if one is missing. */
export function match(query: string, text: string): Match | null {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return { score: 0, ranges: [] };
  const folded = fold(text);
  let score = 0;
  const ranges: [number, number][] = [];
  for (const word of words) {
    const found = matchWord(word, folded);
    if (found === null) return null;
    score += found.score;
    ranges.push(...found.ranges);
  }
  return { score, ranges: ranges.sort((a, b) => a[0] - b[0]) };
}

/** The items that match, best first; an empty query keeps all in their order. */
export function search<Item>(items: readonly Item[], query: string, textOf: (item: Item) => string): Item[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item, index) => ({ item, index, found: match(query, textOf(item)) }))
    .filter((entry): entry is { item: Item; index: number; found: Match } => entry.found !== null)
    .sort((a, b) => b.found.score - a.found.score || a.index - b.index)
    .map((entry) => entry.item);
}

function matchWord(word: string, text: string): Match | null {
  const at = text.indexOf(word);
  if (at !== -1) {
    const atStart = at === 0 || /[\s\-_./@]/.test(text.charAt(at - 1));
    return { score: 100 + word.length + (atStart ? 50 : 0) - Math.min(at, 40) / 10, ranges: [[at, at + word.length]] };
  }
  // Letters may be spread, but not over much more than twice their number: that is no likeness.
  const ranges: [number, number][] = [];
  let from = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    if (next === -1) return null;
    const last = ranges[ranges.length - 1];
    if (last?.[1] === next) last[1] = next + 1;
    else ranges.push([next, next + 1]);
    from = next + 1;
  }
  const spread = from - (ranges[0]?.[0] ?? 0);
  return spread > word.length * 2 + 2 ? null : { score: 40 + word.length - spread - ranges.length, ranges };
}

// Accents are taken off letter by letter where that keeps the length, so that ranges stay true.
function fold(text: string): string {
  return [...text]
    .map((letter) => {
      const plain = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      return plain.length === letter.length
        ? plain
        : letter.toLowerCase().length === letter.length
          ? letter.toLowerCase()
          : letter;
    })
    .join("");
}
