// Owns where focus starts and where it returns to. Leaves out keyboard movement inside a component.

import { tick } from "svelte";
import type { Attachment } from "svelte/attachments";

/** Focuses the element once it is on screen, if wanted. */
export function autofocused(wanted: boolean): Attachment<HTMLElement> {
  return (node) => {
    if (!wanted) return;
    // After the dialog around it has noted where focus came from.
    void tick().then(() => {
      if (node.isConnected) node.focus();
    });
  };
}

let opener: Element | null = null;
let dialogs = 0;
/** The same number for those who follow it. It is only written here: what reads it is drawn anew when it changes. */
let followed = $state(0);

/** Whether a dialog lies over the page: what changes there is told to nobody meanwhile. */
export function behindDialog(): boolean {
  return followed > 0;
}

/** Notes where focus was before a dialog; a dialog that replaces another keeps the first one's note. */
export function noteOpener(): void {
  const active = document.activeElement;
  if (dialogs === 0 || (active !== null && active.closest("[data-dialog]") === null)) opener = active;
  dialogs += 1;
  followed = dialogs;
}

/** Gives focus back once the last dialog is gone: to the opener, or to what stands in for it. */
export function returnFocus(): Promise<void> {
  returning = giveBack();
  return returning;
}

/** Waits until focus is where a closed dialog leaves it, so that it can be moved on from there. */
export function focusReturned(): Promise<void> {
  return returning;
}

let returning: Promise<void> = Promise.resolve();

async function giveBack(): Promise<void> {
  dialogs -= 1;
  followed = dialogs;
  await tick();
  if (dialogs > 0) return;
  const target = opener;
  opener = null;
  if (target instanceof HTMLElement && target.isConnected && target !== document.body) {
    target.focus();
    if (document.activeElement === target) return;
  }
  // The row or menu that opened the dialog is gone: the page says what comes next.
  document.querySelector<HTMLElement>("[data-focus-fallback]")?.focus();
}
