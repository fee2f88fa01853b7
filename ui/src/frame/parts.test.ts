// Owns the checks of parts that are read when they are wanted: nothing before, the part after, words when it cannot be read.

import { cleanup, render, screen } from "@testing-library/svelte";
import { userEvent } from "@testing-library/user-event";
import type { Component } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import FirstPage from "./FirstPage.svelte";
import Mark from "../components/Mark.svelte";
import Part from "./Part.svelte";
import { type Load, PAGES } from "./parts";

afterEach(cleanup);

type Nothing = Record<string, never>;

/** A part whose file comes when it is told to. */
function late(): { load: Load<Nothing>; come: () => void; fail: () => void } {
  let come: () => void = () => undefined;
  let fail: () => void = () => undefined;
  const read = new Promise<{ default: Component<Nothing> }>((resolve, reject) => {
    come = () => resolve({ default: Mark as Component<Nothing> });
    fail = () => reject(new TypeError("the file is not there"));
  });
  return { load: () => read, come, fail };
}

describe("a part of the window", () => {
  it("is empty until its file is there, and says once that it stands", async () => {
    const { load, come } = late();
    const onshown = vi.fn();
    const { container } = render(Part<Nothing>, { props: { load, props: {}, onshown } });
    await Promise.resolve();
    expect(container.querySelector("svg")).toBeNull();
    expect(onshown).not.toHaveBeenCalled();
    come();
    await vi.waitFor(() => expect(container.querySelector("svg")).not.toBeNull());
    expect(onshown).toHaveBeenCalledOnce();
  });

  it("is there at once the second time", async () => {
    const { load, come } = late();
    come();
    const first = render(Part<Nothing>, { props: { load, props: {} } });
    await vi.waitFor(() => expect(first.container.querySelector("svg")).not.toBeNull());
    first.unmount();
    const second = render(Part<Nothing>, { props: { load, props: {} } });
    expect(second.container.querySelector("svg")).not.toBeNull();
  });

  it("says that its file could not be read, and goes away when it is a dialog", async () => {
    const { load, fail } = late();
    const onclose = vi.fn();
    render(Part<Nothing>, { props: { load, props: {}, onclose } });
    fail();
    const failure = await screen.findByRole("alert");
    expect(failure).toHaveTextContent("This part of the window could not be read.");
    expect(screen.getByTestId("part-again")).toBeInTheDocument();
    await userEvent.setup().click(screen.getByTestId("part-close"));
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("is not drawn when it comes after it is wanted no more, as when the app was locked meanwhile", async () => {
    const { load, come } = late();
    const onshown = vi.fn();
    const { container, unmount } = render(Part<Nothing>, { props: { load, props: {}, onshown } });
    unmount();
    come();
    await load();
    await Promise.resolve();
    expect(container.querySelector("svg")).toBeNull();
    expect(onshown).not.toHaveBeenCalled();
  });

  it("is the page it is named after", async () => {
    expect((await PAGES.first()).default).toBe(FirstPage);
  });
});
