// Owns what a screen reader would say of changes on the page: new parts of live regions that were there before.
// Leaves out texts that change in place, as WebKitGTK does.

const REGIONS = "[role=status], [role=alert], [aria-live]";

/** Begins to listen; what is answered collects what is said until `hush`. */
export function listen(): string[] {
  const heard: string[] = [];
  const observer = new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const region = target instanceof Element ? target.closest(REGIONS) : null;
      for (const node of addedNodes) {
        const words = (node.textContent ?? "").replace(/\s+/g, " ").trim();
        if (node instanceof Element && region !== null && words !== "") heard.push(words);
      }
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
  ears.push(observer);
  return heard;
}

/** What a reader would read of an element: its text, without what is hidden from readers. */
export function readOut(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const hidden of copy.querySelectorAll("[aria-hidden=true]")) hidden.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** Ends all listening. */
export function hush(): void {
  for (const observer of ears.splice(0)) observer.disconnect();
}

const ears: MutationObserver[] = [];
