// Owns the steps of the zoom, and which of them comes next. Leaves out what draws the window larger, which is Rust.

/** How large everything can be drawn, in percent. */
export const ZOOMS: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200];

/** As large as the system draws it. */
export const ORDINARY = 100;

/** Which way it is changed. */
export type ZoomChange = "larger" | "smaller" | "ordinary";

/** The zoom after a change; the first and the last step stay where they are. */
export function zoomed(zoom: number, change: ZoomChange): number {
  if (change === "ordinary") return ORDINARY;
  const next = change === "larger" ? ZOOMS.find((one) => one > zoom) : ZOOMS.findLast((one) => one < zoom);
  return next ?? zoom;
}

/** The zoom in words: `125 %`, which doesn't break. */
export function percent(zoom: number): string {
  return `${String(zoom)}\u00a0%`;
}
