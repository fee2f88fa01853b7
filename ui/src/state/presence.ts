// Owns telling that somebody uses the window: on the first input, then at most once in fifteen seconds. Leaves when to lock to Rust.

/** How far apart two reports are at least. The lock comes later than the last input by no more than this. */
export const BETWEEN_REPORTS = 15_000;

const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Reports until the answer is called. */
export function reportPresence(report: () => void): () => void {
  let pause: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const begin = (): void => {
    report();
    again = false;
    pause = setTimeout(() => {
      pause = null;
      if (again) begin();
    }, BETWEEN_REPORTS);
  };
  const input = (): void => {
    if (pause === null) begin();
    else again = true;
  };
  for (const name of INPUTS) window.addEventListener(name, input, { capture: true, passive: true });
  return () => {
    if (pause !== null) clearTimeout(pause);
    for (const name of INPUTS) window.removeEventListener(name, input, { capture: true });
  };
}
