// Owns what is wrong with the geometry of the page as it stands: text or controls that are cut, that no scrolling
// brings into sight, that lie below something else, or that are squeezed. Runs in the page, so it needs nothing from
// outside of itself. Leaves out which scenes and sizes it is asked of.

/** Everything that is wrong, each in words that name the element. */
export function faults(): string[] {
  interface Box {
    left: number;
    top: number;
    right: number;
    bottom: number;
  }
  const SLACK = 1.5;
  const found = new Set<string>();

  const nameOf = (element: Element): string => {
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    const id = element.getAttribute("data-testid");
    const classes = [...element.classList].filter((one) => !one.startsWith("s-") && !one.startsWith("svelte-"));
    const label = element.getAttribute("aria-label") ?? words;
    return `${element.localName}${id === null ? "" : `[${id}]`}${classes.length === 0 ? "" : `.${classes.join(".")}`} “${label}”`;
  };

  /** Whether a person is meant to see it. */
  const visible = (element: Element): boolean => {
    if (element.getClientRects().length === 0) return false;
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility === "hidden" && at === element) return false;
      if (style.opacity === "0" || style.clipPath.startsWith("inset(50%")) return false;
    }
    return true;
  };

  const boxOf = (rect: DOMRect): Box => ({ left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom });

  /** The element whose scrolling or clipping applies next, going outwards. */
  const outward = (element: Element): Element | null => {
    const position = getComputedStyle(element).position;
    if (position === "fixed") {
      for (let at = element.parentElement; at !== null; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.transform !== "none" || style.contain.includes("layout")) return at;
      }
      return null;
    }
    let at = element.parentElement;
    if (position === "absolute") {
      while (at !== null && getComputedStyle(at).position === "static" && getComputedStyle(at).transform === "none") {
        at = at.parentElement;
      }
    }
    return at;
  };

  /** Where a box is cut and no scrolling helps; null if it can be seen whole. */
  const cutOf = (start: Element, own: Box, ellipsis: boolean): string | null => {
    let box = { ...own };
    let at: Element | null = ellipsis ? start : outward(start);
    if (!ellipsis && at === null) at = null;
    while (at !== null && at !== document.documentElement && at !== document.body) {
      const style = getComputedStyle(at);
      const rect = at.getBoundingClientRect();
      const inner = {
        left: rect.left + at.clientLeft,
        top: rect.top + at.clientTop,
        right: rect.left + at.clientLeft + at.clientWidth,
        bottom: rect.top + at.clientTop + at.clientHeight,
      };
      const inline = style.display === "inline" || style.display === "contents";
      if (!inline && style.overflowX !== "visible") {
        if (style.overflowX === "auto" || style.overflowX === "scroll") {
          const from = inner.left - at.scrollLeft;
          if (box.left < from - SLACK || box.right > from + at.scrollWidth + SLACK)
            return `cut sideways by ${nameOf(at)}`;
          box = { ...box, left: Math.max(box.left, inner.left), right: Math.min(box.right, inner.right) };
        } else if (box.left < inner.left - SLACK || box.right > inner.right + SLACK) {
          if (!(style.textOverflow === "ellipsis" && at.matches(".trunc, [data-tip], [data-tip] *"))) {
            return `cut sideways by ${nameOf(at)}`;
          }
          box = { ...box, left: Math.max(box.left, inner.left), right: Math.min(box.right, inner.right) };
        }
      }
      if (!inline && style.overflowY !== "visible") {
        if (style.overflowY === "auto" || style.overflowY === "scroll") {
          const from = inner.top - at.scrollTop;
          if (box.top < from - SLACK || box.bottom > from + at.scrollHeight + SLACK) return `cut by ${nameOf(at)}`;
          // Reachable by scrolling: from here on the place it can be scrolled to counts.
          const height = Math.min(box.bottom - box.top, at.clientHeight);
          const top = Math.min(Math.max(box.top, inner.top), inner.bottom - height);
          box = { ...box, top, bottom: top + height };
        } else if (box.top < inner.top - SLACK || box.bottom > inner.bottom + SLACK) {
          return `cut by ${nameOf(at)}`;
        }
      }
      at = outward(at);
    }
    if (box.left < -SLACK || box.right > innerWidth + SLACK) return "outside of the window, sideways";
    if (box.top < -SLACK || box.bottom > innerHeight + SLACK) return "outside of the window";
    return null;
  };

  // While a dialog is open, all else rests behind it.
  const modal = [...document.querySelectorAll('[aria-modal="true"]')].at(-1);
  const menu = document.querySelector('[role="menu"]');
  // A drawer that lies over the list is put away by Esc, which leaves the focus where it is.
  const drawer = innerWidth <= 1040 ? document.querySelector('[data-testid="drawer"]') : null;
  const root: Element = menu ?? modal ?? drawer ?? document.body;

  const scroller = document.scrollingElement ?? document.documentElement;
  if (scroller.scrollWidth > innerWidth) found.add(`the page scrolls sideways: ${String(scroller.scrollWidth)}`);
  for (const element of root.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (!/auto|scroll/.test(style.overflowX) || element.scrollWidth <= element.clientWidth + SLACK) continue;
    // Lines of code may, where there is room for them to be read as lines.
    if (element.localName === "pre" && innerWidth > 720) continue;
    if (visible(element)) found.add(`${nameOf(element)} scrolls sideways`);
  }

  // Text.
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.nodeValue ?? "").trim() === "" || !visible(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5);
    for (const rect of rects) {
      const cut = cutOf(element, boxOf(rect), true);
      if (cut !== null) found.add(`${nameOf(element)} is ${cut}`);
    }
    const lines = new Set(rects.map((rect) => Math.round(rect.top))).size;
    const width = Math.max(0, ...rects.map((rect) => rect.width));
    if (lines > 3 && width < 100) found.add(`${nameOf(element)} is squeezed into ${String(lines)} lines`);
  }

  // Controls.
  const CONTROLS =
    'button, input, select, textarea, a[href], [role="row"], [role="option"], [role="menuitem"], [tabindex="0"]';
  const controls = [...root.querySelectorAll<HTMLElement>(CONTROLS)].filter(visible);
  for (const control of controls) {
    const cut = cutOf(control, boxOf(control.getBoundingClientRect()), false);
    if (cut !== null) found.add(`${nameOf(control)} is ${cut}`);
  }

  // Each control, as focus or scrolling brings it into sight, is what lies on top there.
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  for (const control of controls) {
    if (!control.isConnected) continue;
    const tabbable = control.tabIndex >= 0 && control.getAttribute("role") !== "menuitem";
    if (tabbable && !control.matches(":disabled")) control.focus();
    else control.scrollIntoView({ block: "nearest", inline: "nearest" });
    const at = control.getBoundingClientRect();
    if (at.height > innerHeight * 0.8 || control.matches('[role="tabpanel"], [role="region"], [role="group"], pre'))
      continue;
    const spots: [string, number, number][] = [
      ["middle", at.left + at.width / 2, at.top + at.height / 2],
      ["left edge", at.left + 3, at.top + at.height / 2],
      ["right edge", at.right - 3, at.top + at.height / 2],
      ["upper edge", at.left + at.width / 2, at.top + 3],
      ["lower edge", at.left + at.width / 2, at.bottom - 3],
    ];
    for (const [spot, x, y] of spots) {
      const top = document.elementFromPoint(x, y);
      const own = control.closest("label") ?? control;
      if (top === null) found.add(`${nameOf(control)}: its ${spot} can’t be brought into sight`);
      else if (!own.contains(top) && !top.contains(control))
        found.add(`${nameOf(control)}: its ${spot} lies below ${nameOf(top)}`);
      else if (!own.contains(top) && control.localName !== "input")
        found.add(`${nameOf(control)}: its ${spot} is not its own but ${nameOf(top)}’s`);
    }
  }
  before?.focus({ preventScroll: true });
  for (const element of root.querySelectorAll("*")) if (element.scrollTop > 0) element.scrollTop = 0;
  return [...found];
}
