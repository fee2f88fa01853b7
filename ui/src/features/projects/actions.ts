// Owns what a row may ask of the page. The page does it.

import type { ProjectView } from "../../ipc/generated/ProjectView";
import type { Route } from "../../state/projects.svelte";

/** What can be done to a project. */
export interface RowActions {
  serve: (project: ProjectView, to: Route) => void;
  undo: (project: ProjectView) => void;
  chooseFolder: (project: ProjectView) => void;
  chooseWorkspace: (project: ProjectView) => void;
  create: (project: ProjectView) => void;
  applyAgain: (project: ProjectView) => void;
  /** Whether there is more than one workspace. */
  otherWorkspaces: boolean;
  /** Why nothing can be switched, or null. */
  reason: string | null;
}
