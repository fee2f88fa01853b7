// Owns the name of Shift and Tab together, where the web view gives that key none: WebKitGTK calls it "Unidentified", as
// X11 has a key of its own for it. Whoever keeps the focus inside a dialog or a menu waits for "Tab".

/** Tells every listener below this document of the key by its name. */
export function nameBackTab(document: Document): void {
  document.addEventListener("keydown", tellByName, { capture: true });
}

function tellByName(event: KeyboardEvent): void {
  if (event.code !== "Tab" || event.key === "Tab" || !event.shiftKey) return;
  const { code, shiftKey, ctrlKey, altKey, metaKey, repeat } = event;
  const named = new KeyboardEvent("keydown", {
    ...{ code, shiftKey, ctrlKey, altKey, metaKey, repeat },
    key: "Tab",
    bubbles: true,
    cancelable: true,
    composed: true,
  });
  // Whoever took the named one has moved the focus; the web view must not move it once more.
  if (event.target?.dispatchEvent(named) === false) event.preventDefault();
}
