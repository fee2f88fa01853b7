// Owns the checks of which lines of the journal can still be undone.

import { describe, expect, it } from "vitest";
import { project } from "../ipc/fake/projects";
import type { ActivityView } from "../ipc/generated/ActivityView";
import { undoable } from "./undoable";

function line(id: string, kind: string, subject: string, projects: string | null = null): ActivityView {
  const facts = projects === null ? [] : [{ label: "Projects", value: projects }];
  return { id, at: "2026-11-20T16:00:00Z", kind, outcome: "done", account: null, key: null, subject, facts };
}

describe("the journal's undo", () => {
  it("stands at the newest switch of a project alone", () => {
    const entries = [line("3", "project_switched", "notes"), line("2", "project_switched", "notes")];
    expect([...undoable(entries, [project("notes", null, { undo: "u" })])]).toEqual([["3", "u"]]);
  });

  it("finds a project among several that were switched together", () => {
    const entries = [line("5", "project_switched", "2 projects", "garden, notes")];
    expect([...undoable(entries, [project("notes", null, { undo: "u" })])]).toEqual([["5", "u"]]);
    expect(undoable(entries, [project("note", null, { undo: "u" })]).size).toBe(0);
  });

  it("is gone when the undo is, or the switch was undone", () => {
    const entries = [line("2", "switch_undone", "notes"), line("1", "project_switched", "notes")];
    expect(undoable(entries, [project("notes", null, { undo: "u" })]).size).toBe(0);
    expect(undoable(entries.slice(1), [project("notes", null)]).size).toBe(0);
  });
});
