// Owns the window's first questions: they are asked before the rest of its script has run, so that the answers come
// meanwhile. main.ts imports this first. Leaves out what is done with the answers.

import type { Backend } from "./backend";
import { chooseBackend } from "./index";

/** A backend that was asked already: the first to ask it the same is given that answer, and the next ask anew. */
export function asked(backend: Backend): Backend {
  const state = once(backend.appState());
  const keys = once(backend.listKeys(null));
  return {
    ...backend,
    appState: () => state() ?? backend.appState(),
    listKeys: (after) => (after === null ? keys() : null) ?? backend.listKeys(after),
  };
}

function once<Answer>(answer: Promise<Answer>): () => Promise<Answer> | null {
  let kept: Promise<Answer> | null = answer;
  // A refusal is for whoever takes the answer.
  answer.catch(() => undefined);
  return () => {
    const given = kept;
    kept = null;
    return given;
  };
}

/** The backend of this page, asked. */
export const backend: Promise<Backend> = chooseBackend().then(asked);
