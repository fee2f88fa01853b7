// Owns the frames of a start: waiting for one, and the moments that `cargo xtask bench` reads from the page's own
// timeline. Leaves out judging them.

/** A window that is not to be seen paints no frame; whoever waits for one then goes on all the same. */
const LONGEST_FRAME = 500;

/** Resolves after the frame that shows what is there now. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, LONGEST_FRAME);
    requestAnimationFrame(() => {
      setTimeout(() => {
        clearTimeout(late);
        resolve();
      });
    });
  });
}

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
