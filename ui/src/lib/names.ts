// Owns the rules and ideas for the name of a key. The same rules hold in Rust, which has the last word.

const LONGEST = 100;

const IDEAS = ["work-laptop", "Claude Desktop", "Cursor", "CI", "server", "phone"];

/** What nobody can see, or what turns the direction of writing. Joiners are left to Rust, which knows where they work. */
const HIDDEN = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** Why a name can't be used, or null. An empty name is no mistake until the person is done with the field. */
export function nameProblem(name: string, longest: number = LONGEST): string | null {
  const trimmed = name.trim();
  if (trimmed === "") return "Give it a name that says where it will be used.";
  if ([...trimmed].length > longest)
    return `Use at most ${String(longest)} characters. This one has ${String([...trimmed].length)}.`;
  if (HIDDEN.test(trimmed)) return "Take out the line breaks or other hidden characters.";
  return null;
}

/** Up to four names that are not taken yet. */
export function suggestions(taken: readonly string[]): string[] {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  return IDEAS.filter((idea) => !lower.has(idea.toLowerCase())).slice(0, 4);
}

/** A name for the replacement of a key: `work-laptop 2`, `work-laptop 3`. */
export function replacementName(name: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((other) => other.toLowerCase()));
  if (!lower.has(name.toLowerCase())) return name;
  const base = name.replace(/ \d+$/, "");
  for (let number = 2; ; number += 1) {
    const next = `${base} ${String(number)}`;
    if (!lower.has(next.toLowerCase())) return next;
  }
}
