// Owns the checks that a state is told by shape and word, not by colour alone.

import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { KeyStatusView } from "../ipc/generated/KeyStatusView";
import StatusBadge from "./StatusBadge.svelte";

afterEach(cleanup);

const WORDS: Record<KeyStatusView, string> = {
  active: "Active",
  expiring: "Expiring",
  unused: "Unused",
  expired: "Expired",
  revoked: "Revoked",
};

describe("status badges", () => {
  it("says every state in a word", () => {
    for (const [status, word] of Object.entries(WORDS)) {
      render(StatusBadge, { status: status as KeyStatusView });
      expect(screen.getByText(word)).toBeInTheDocument();
      cleanup();
    }
  });

  it("draws another shape for every state", () => {
    const shapes = Object.keys(WORDS).map((status) => {
      const { container } = render(StatusBadge, { status: status as KeyStatusView });
      const shape = container.querySelector("svg")?.innerHTML ?? "";
      cleanup();
      return shape;
    });
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});
