// Owns how a test gets an app over the pretended backend, and a component that stands in it.

import { render } from "@testing-library/svelte";
import { type Component, tick } from "svelte";
import { vi } from "vitest";
import { createFake, type Fake } from "../ipc/fake";
import { App } from "../state/app.svelte";
import WithApp from "./WithApp.svelte";

/** An app that has read its state from a fake whose knobs were turned first. */
export async function startedApp(turn: (fake: Fake) => void = () => undefined): Promise<{ app: App; fake: Fake }> {
  const fake = createFake();
  turn(fake);
  const app = new App(fake);
  stops.push(await app.start());
  // A test that holds the clock lets the next frame come itself.
  if (!vi.isFakeTimers()) await app.caughtUp;
  await settle();
  return { app, fake };
}

/** Ends the clocks and listeners of every started app. */
export function stopApps(): void {
  for (const stop of stops.splice(0)) stop();
}

/** Shows a component inside an app. */
export function show<Props extends Record<string, unknown>>(app: App, component: Component<Props>, props: Props): void {
  // The wrapper hands the props on unread, so it needn't know which they are.
  const shown: unknown = component;
  render(WithApp, { props: { app, component: shown as Component<Record<string, unknown>>, props } });
}

/** Lets every answer that is on its way arrive, and the page follow. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
  await tick();
  if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0);
  else await new Promise((resolve) => setTimeout(resolve, 0));
  await tick();
}

/** The calls of one command so far. */
export function callsOf(fake: Fake, command: string): unknown[][] {
  return fake.knobs.calls.filter((call) => call.command === command).map((call) => call.args);
}

const stops: (() => void)[] = [];
