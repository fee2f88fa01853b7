// Owns fuzzy search over short texts. Leaves out where the texts come from.

/** A match: a higher score is better; ranges are [start, end) in the text. */
export interface Match {
  score: number;
  ranges: [number, number][];
}

/** Matches every word of the query, in any order; letters of one word must come in order. Null if one is missing. */
export function match(query: string, text: string): Match | null {
  const words = folded(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return { score: 0, ranges: [] };
  const plain = folded(text);
  let score = 0;
  const ranges: [number, number][] = [];
  for (const word of words) {
    const found = matchWord(word, plain);
    if (found === null) return null;
    score += found.score;
    ranges.push(...found.ranges);
  }
  return { score, ranges: ranges.sort((a, b) => a[0] - b[0]) };
}

/** A test of texts that were folded, for lists too long to weigh every match. It finds what {@link match} finds. */
export function matcher(query: string): (text: string) => boolean {
  const words = folded(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  const [first] = words;
  if (first === undefined) return () => true;
  if (words.length === 1 && first.length === 1) return (text) => text.includes(first);
  if (words.length === 1) return (text) => text.includes(first) || likeness(first, text);
  return (text) => words.every((word) => text.includes(word) || likeness(word, text));
}

/** A text as it is compared: without accents and capitals, as long as before. */
export function folded(text: string): string {
  // Most names are plain, and folding letter by letter takes a hundred times as long.
  return PLAIN.test(text) ? text.toLowerCase() : fold(text);
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

// eslint-disable-next-line no-control-regex -- the first of the plain letters is one
const PLAIN = /^[\u0000-\u007f]*$/;

// Whether the letters of a word come in order and close together. A longer word never finds what a shorter beginning
// of it doesn't: the search of a long list counts on that.
function likeness(word: string, text: string): boolean {
  let last = text.indexOf(word.charAt(0));
  if (last === -1) return false;
  for (let at = 1; at < word.length; at += 1) {
    const next = text.indexOf(word.charAt(at), last + 1);
    if (next === -1 || next - last > GAP) return false;
    last = next;
  }
  return true;
}

/** How far from one letter to the next of a word: further is no likeness. */
export const GAP = 4;

function matchWord(word: string, text: string): Match | null {
  const at = text.indexOf(word);
  if (at !== -1) {
    const atStart = at === 0 || /[\s\-_./@]/.test(text.charAt(at - 1));
    return { score: 100 + word.length + (atStart ? 50 : 0) - Math.min(at, 40) / 10, ranges: [[at, at + word.length]] };
  }
  if (!likeness(word, text)) return null;
  const ranges: [number, number][] = [];
  let from = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    const last = ranges[ranges.length - 1];
    if (last?.[1] === next) last[1] = next + letter.length;
    else ranges.push([next, next + letter.length]);
    from = next + letter.length;
  }
  const spread = from - (ranges[0]?.[0] ?? 0);
  return { score: 40 + word.length - spread - ranges.length, ranges };
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
