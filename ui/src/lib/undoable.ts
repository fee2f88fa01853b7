// Owns which lines of the journal can still be undone: the newest switch of a project whose undo is still there. Leaves out doing it.

import type { ActivityView } from "../ipc/generated/ActivityView";
import type { ProjectView } from "../ipc/generated/ProjectView";

/** The undo of each line that has one, by the line's id. Lines come newest first. */
export function undoable(entries: readonly ActivityView[], projects: readonly ProjectView[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const project of projects) {
    const undo = project.undo;
    if (undo === null) continue;
    const entry = entries.find((one) => SWITCHES.has(one.kind) && names(one, project.key));
    if (entry?.kind === "project_switched") found.set(entry.id, undo);
  }
  return found;
}

/** Whatever happened to a switch since; only the newest of them counts. */
const SWITCHES = new Set(["project_switched", "switch_undone"]);

function names(entry: ActivityView, key: string): boolean {
  const several = entry.facts.find((fact) => fact.label === "Projects")?.value ?? null;
  return entry.subject === key || (several?.split(", ").includes(key) ?? false);
}
