// Owns the checks of what a stranger's server can put on the Keys page: names, and the time.

import { cleanup, screen, within } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { Fake } from "../../ipc/fake";
import type { App } from "../../state/app.svelte";
import { settle, show, startedApp, stopApps } from "../../testing/app";
import KeysPage from "./KeysPage.svelte";
import { KeysView } from "./view.svelte";

afterEach(() => {
  cleanup();
  stopApps();
});

async function page(turn: (fake: Fake) => void): Promise<App> {
  const { app } = await startedApp(turn);
  show(app, KeysPage, { view: new KeysView(app) });
  await settle();
  return app;
}

function named(name: string): HTMLElement {
  const found = screen.getAllByTestId("key-row").find((one) => one.dataset["name"] === name);
  if (found === undefined) throw new Error(`there is no row ${name}`);
  return found;
}

describe("a name from a server", () => {
  // As Rust hands them over: what is hidden is written out, and right to left is set apart.
  const NAMES = {
    markup: "<img src=x onerror=alert(1)><b>bold</b>&amp;",
    braces: "{@html '<b>'} ${1} {{x}}",
    "right to left": "\u2068מפתח של המחשב\u2069",
    "written out": "[U+202E]gnp.work␀␊",
    long: "w".repeat(200),
    formula: '=HYPERLINK("http://elsewhere.example")',
    unnamed: "(no name)",
  };

  it.each(Object.entries(NAMES))("is text in the row, the drawer and the dialogs: %s", async (_kind, name) => {
    const app = await page((fake) => {
      fake.knobs.changeKey("key-1", { name });
    });
    const row = named(name);
    expect(within(row).getByText(name)).toBeInTheDocument();
    expect(row.querySelector("img, b b, script")).toBeNull();
    const user = userEvent.setup();
    await user.click(row);
    await settle();
    const drawer = screen.getByTestId("drawer");
    expect(within(drawer).getByRole("heading", { level: 2 })).toHaveTextContent(name, { normalizeWhitespace: false });
    expect(drawer.querySelector("img, script")).toBeNull();
    expect(drawer).toHaveAccessibleName(`Details of ${name}`);
    expect(app.keys.opened).toBe("key-1");
  });

  it("leaves two keys of the same name two rows", async () => {
    await page((fake) => {
      fake.knobs.changeKey("key-1", { name: "twin" });
      fake.knobs.changeKey("key-2", { name: "twin" });
    });
    const twins = screen.getAllByTestId("key-row").filter((one) => one.dataset["name"] === "twin");
    expect(twins).toHaveLength(2);
    expect(twins[0]?.textContent).not.toBe(twins[1]?.textContent);
  });
});

describe("a clock that is wrong", () => {
  const HOUR = 3600;

  function alone(fake: Fake, ahead: number | null): void {
    fake.knobs.changeAccount("home", { sign_in: "signed_in" });
    fake.knobs.changeAccount("work", { clock_ahead_seconds: ahead });
    fake.knobs.changeKey("key-1", {
      account: "work",
      last_use: { kind: "at", at: new Date(fake.knobs.now + (ahead ?? 0) * 1000 - 3 * 60_000).toISOString() },
    });
  }

  it.each([
    [HOUR, "This computer’s clock is 1 h behind"],
    [-HOUR, "This computer’s clock is 1 h ahead of"],
    [121, "This computer’s clock is 2 min behind"],
    [HOUR - 1, "This computer’s clock is 1 h behind"],
  ])("is said, and times go by the service's clock (%i s)", async (ahead, words) => {
    await page((fake) => {
      alone(fake, ahead);
    });
    const banner = screen.getByTestId("banner");
    expect(banner).toHaveAttribute("data-kind", "clock");
    expect(banner).toHaveTextContent(words);
    expect(named("work-laptop")).toHaveTextContent("3 min ago");
  });

  it("is not spoken of while the clocks agree", async () => {
    await page((fake) => {
      alone(fake, null);
    });
    expect(screen.queryByText(/This computer’s clock/)).toBeNull();
    expect(named("work-laptop")).toHaveTextContent("3 min ago");
  });
});
