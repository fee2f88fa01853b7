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
