// Owns the browser of a test file: started before its tests with the pages served to it, ended after them.

import { afterAll, beforeAll } from "vitest";
import { Chromium, type Look, type Page } from "./chromium";
import { type SCENES } from "./scenes";
import { serve, type Served } from "./server";

/** What the tests of a file see. */
export interface Browser {
  page: Page;
  /** Leads to a scene, in a window of this size and with what a person has chosen in the system. */
  show: (
    scene: Pick<(typeof SCENES)[number], "query" | "lead">,
    size: readonly [number, number],
    look: Look,
  ) => Promise<void>;
}

/** Call it once, outside of every test. */
export function browser(): Browser {
  let served: Served;
  let chromium: Chromium;
  let page: Page;

  beforeAll(async () => {
    served = await serve();
    chromium = Chromium.start();
    page = await chromium.page();
  });

  afterAll(async () => {
    await chromium.end();
    await served.end();
  });

  return {
    get page() {
      return page;
    },
    async show({ query, lead }, [width, height], look) {
      await page.size(width, height);
      await page.look(look);
      await page.open(`${served.address}?${query}`);
      await lead(page);
    },
  };
}
