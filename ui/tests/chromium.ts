// Owns a headless Chromium and one page in it, led over the pipe of the DevTools protocol. Leaves out what the page
// shows (scenes.ts) and what is asked of it.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** What a person has chosen in the system: each is a media feature of CSS. */
export interface Look {
  "prefers-color-scheme": "light" | "dark";
  "prefers-contrast"?: "more" | "no-preference";
  "prefers-reduced-motion"?: "reduce" | "no-preference";
  "forced-colors"?: "active" | "none";
}

interface Answer {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Longest wait for something to appear: a busy machine is slow, a broken page is not waited for twice. */
const PATIENCE = 20_000;

export class Chromium {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (e: Error) => void }
  >();
  #rest = "";
  #last = 0;

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    const answers = process.stdio[4] as Readable;
    answers.setEncoding("utf8");
    answers.on("data", (text: string) => {
      const parts = (this.#rest + text).split("\0");
      this.#rest = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part) as Answer);
    });
    process.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Chromium ended"));
      this.#waiting.clear();
    });
  }

  static start(): Chromium {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-chromium-"));
    const process = spawn(
      program(),
      [
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-color-profile=srgb",
        "--remote-debugging-pipe",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    return new Chromium(process, folder);
  }

  /** Asks by the protocol and waits for the answer. */
  async ask(method: string, params: Record<string, unknown> = {}, session?: string): Promise<Record<string, unknown>> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const words = JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) });
    (this.#process.stdio[3] as Writable).write(`${words}\0`);
    return answer;
  }

  async page(): Promise<Page> {
    const { targetId } = await this.ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId));
    await page.ask("Page.enable");
    // A page that is not in front answers false to :focus-visible and gets no focus events.
    await page.ask("Emulation.setFocusEmulationEnabled", { enabled: true });
    return page;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    // Asked rather than killed: then its own processes end with it, and nothing writes into the folder any more.
    await this.ask("Browser.close").catch(() => undefined);
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #take(answer: Answer): void {
    if (answer.id === undefined) return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error !== undefined) waiting?.reject(new Error(answer.error.message));
    else waiting?.resolve(answer.result ?? {});
  }
}

export class Page {
  readonly #browser: Chromium;
  readonly #session: string;

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  async ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.#browser.ask(method, params, this.#session);
  }

  async open(address: string): Promise<void> {
    await this.ask("Page.navigate", { url: "about:blank" });
    await this.until("the page before to be gone", () => location.href === "about:blank");
    await this.ask("Page.navigate", { url: address });
  }

  async size(width: number, height: number): Promise<void> {
    await this.ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.settled();
  }

  async look(look: Look): Promise<void> {
    const features = Object.entries(look).map(([name, value]: [string, string]) => ({ name, value }));
    await this.ask("Emulation.setEmulatedMedia", { features });
    await this.settled();
  }

  /** Runs a function in the page. It must need nothing from outside of itself. */
  async run<Given extends unknown[], Result>(
    work: (...given: Given) => Result,
    ...given: Given
  ): Promise<Awaited<Result>> {
    return this.#evaluate(`(${work.toString()})(...${JSON.stringify(given)})`);
  }

  /** The same with one of the page's own globals. */
  async runOn(name: string, work: (global: never) => unknown): Promise<void> {
    await this.#evaluate(`(${work.toString()})(globalThis[${JSON.stringify(name)}])`);
  }

  async #evaluate<Result>(expression: string): Promise<Awaited<Result>> {
    const answer = await this.ask("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    const thrown = answer["exceptionDetails"] as { exception?: { description?: string } } | undefined;
    if (thrown !== undefined) throw new Error(thrown.exception?.description ?? "the page threw");
    return (answer["result"] as { value: Awaited<Result> }).value;
  }

  async until<Given extends unknown[]>(
    what: string,
    holds: (...given: Given) => unknown,
    ...given: Given
  ): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!(await this.run(holds, ...given).catch(() => false))) {
      if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits for an element, by its testid or any other selector. */
  async find(name: string): Promise<void> {
    await this.until(name, (css) => document.querySelector(css) !== null, selector(name));
  }

  async gone(name: string): Promise<void> {
    await this.until(`${name} to be gone`, (css) => document.querySelector(css) === null, selector(name));
  }

  /** Presses an element by mouse, where it is. */
  async press(name: string): Promise<void> {
    await this.find(name);
    const [x, y] = await this.run((css) => {
      const element = document.querySelector(css);
      element?.scrollIntoView({ block: "center", inline: "center" });
      const at = element?.getBoundingClientRect() ?? new DOMRect();
      return [at.x + at.width / 2, at.y + at.height / 2] as const;
    }, selector(name));
    await this.point("mouseMoved", x, y);
    await this.point("mousePressed", x, y);
    await this.point("mouseReleased", x, y);
    await this.settled();
  }

  async point(type: string, x: number, y: number): Promise<void> {
    const button = type === "mouseMoved" ? "none" : "left";
    await this.ask("Input.dispatchMouseEvent", { type, x, y, button, clickCount: type === "mouseMoved" ? 0 : 1 });
  }

  /** Types into a field. */
  async type(name: string, text: string): Promise<void> {
    await this.find(name);
    await this.run((css) => document.querySelector<HTMLElement>(css)?.focus(), selector(name));
    await this.ask("Input.insertText", { text });
    await this.settled();
  }

  async key(key: string, code = key, number = 0): Promise<void> {
    const words = { key, code, windowsVirtualKeyCode: number };
    await this.ask("Input.dispatchKeyEvent", { type: "rawKeyDown", ...words });
    await this.ask("Input.dispatchKeyEvent", { type: "keyUp", ...words });
    await this.settled();
  }

  /** Two frames, and every transition that ends by itself has ended. */
  async settled(): Promise<void> {
    await this.run(async () => {
      const frame = async (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      await frame();
      for (const one of document.getAnimations()) {
        if (one.effect?.getComputedTiming().iterations !== Infinity) one.finish();
      }
      await frame();
    });
  }

  /** The picture of what is in view, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.ask("Page.captureScreenshot", { format: "png" });
    return Buffer.from(String(data), "base64");
  }
}

function selector(name: string): string {
  return /^[a-z][\w-]*$/.test(name) ? `[data-testid="${name}"]` : name;
}

function program(): string {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (found === undefined) throw new Error("Chromium is not installed. Run `cargo xtask setup`, or install chromium.");
  return found;
}
