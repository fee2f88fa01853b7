// Owns the one toast on screen. Failures never become toasts; the clipboard has its own, in clipboard.svelte.ts.

/** A short word that something was done. */
export interface Toast {
  id: number;
  title: string;
  detail: string | null;
  /** What can be taken back from here; it must be reachable elsewhere too, because a toast ends by itself. */
  action: ToastAction | null;
}

/** The one button of a toast. */
export interface ToastAction {
  label: string;
  run: () => void;
}

const LASTS = 6000;

/** One toast at a time, for six seconds, longer while it is pointed at. */
export class Toasts {
  current = $state.raw<Toast | null>(null);
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Shows a toast in place of the last. */
  say(title: string, detail: string | null = null, action: ToastAction | null = null): void {
    this.current = { id: this.#next++, title, detail, action };
    this.resume();
  }

  /** Takes it away. */
  dismiss(): void {
    this.hold();
    this.current = null;
  }

  /** Stops its time while it is pointed at or focused. */
  hold(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Lets its time run again. */
  resume(): void {
    this.hold();
    if (this.current === null) return;
    this.#timer = setTimeout(() => {
      this.current = null;
    }, LASTS);
  }
}
