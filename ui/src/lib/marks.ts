// Owns the moments of a start that `cargo xtask bench` reads from the page's own timeline. Leaves out judging them.

/** Marks a moment by its name, once: after the frame that shows what is there now. */
export function markPainted(name: "interactive" | "first-row"): void {
  requestAnimationFrame(() => {
    setTimeout(() => {
      // A page without a timeline is a component test's.
      const timeline: Partial<Performance> = performance;
      if (timeline.getEntriesByName?.(name).length === 0) timeline.mark?.(name);
    });
  });
}
