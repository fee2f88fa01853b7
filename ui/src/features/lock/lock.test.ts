// Owns the checks of the lock's cover.

import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { settle, show, startedApp, stopApps } from "../../testing/app";
import LockCover from "./LockCover.svelte";

const user = userEvent.setup();

afterEach(stopApps);

describe("the cover", () => {
  it("has one button with focus, and says that it hides but doesn't protect", async () => {
    const { app } = await startedApp((fake) => {
      fake.knobs.locked = true;
    });
    show(app, LockCover, {});
    await settle();
    expect(screen.getAllByRole("button")).toHaveLength(1);
    await vi.waitFor(() => expect(screen.getByRole("button", { name: "Unlock" })).toHaveFocus());
    expect(screen.getByText(/It doesn’t protect it from somebody who can use your account/)).toBeVisible();
    expect(document.body.textContent).not.toContain("work-laptop");
  });

  it("says since when and why, and what it dropped", async () => {
    const at = "2026-11-20T17:12:00";
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.locked = true;
      turned.knobs.lock = { at, by: "idle", minutes: 10, clipboard_cleared: true, secret_waits: false };
    });
    show(app, LockCover, {});
    await settle();
    expect(screen.getByTestId("lock-reason")).toHaveTextContent("Locked at 17:12 after 10 minutes without use.");
    expect(screen.getByText("No key in the clipboard")).toBeVisible();
    expect(screen.queryByTestId("lock-secret")).toBeNull();
    fake.knobs.lock = { at, by: "sleep", minutes: null, clipboard_cleared: false, secret_waits: true };
    fake.knobs.emit("app");
    await settle();
    expect(screen.getByTestId("lock-reason")).toHaveTextContent("before the computer went to sleep");
    expect(screen.getByTestId("lock-clipboard")).toHaveTextContent("couldn’t be cleared");
    expect(screen.getByTestId("lock-secret")).toHaveTextContent("A new secret waits");
  });

  it("says why the window stayed open when it was closed over an unsaved secret", async () => {
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.locked = true;
    });
    show(app, LockCover, {});
    await settle();
    expect(screen.queryByTestId("lock-quit-asked")).toBeNull();
    fake.knobs.emit("quit_asked");
    await settle();
    expect(screen.getByTestId("lock-quit-asked")).toHaveTextContent("Unlock to keep it, or to quit without it");
  });

  it("stays and says why when the system refuses to unlock", async () => {
    const { app, fake } = await startedApp((turned) => {
      turned.knobs.locked = true;
    });
    fake.knobs.fail("unlock", "keychain_denied", {}, true);
    show(app, LockCover, {});
    await user.click(screen.getByTestId("unlock"));
    await settle();
    expect(screen.getByTestId("unlock-failure")).toHaveTextContent("refused");
    expect(app.locked).toBe(true);
    await user.click(screen.getByTestId("unlock"));
    await settle();
    expect(app.locked).toBe(false);
  });
});
