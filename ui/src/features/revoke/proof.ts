// Owns the words for how it is known that a key is refused, or that nobody could tell.

import type { ProofView } from "../../ipc/generated/ProofView";
import { timeWithSeconds } from "../../lib/dates";
import { aloud, explain, type Subject } from "../../lib/errors";

/** A proof in words. */
export interface ProofWords {
  tone: "ok" | "warn" | "bad" | "plain";
  title: string;
  text: string;
}

/** What a proof says, said aloud. Without the seconds of a wait, which would be said anew each second. */
export function proofSaid(proof: ProofView, service: string, subject: Subject, revoked: boolean): string {
  const timeless = { ...subject };
  delete timeless.now;
  const words = proofWords(proof, service, timeless, revoked);
  return aloud({ title: words.title, sentence: words.text });
}

/** What a proof says. `revoked` is whether the key counts as revoked. */
export function proofWords(proof: ProofView, service: string, subject: Subject, revoked: boolean): ProofWords {
  switch (proof.kind) {
    case "refused":
      return {
        tone: "ok",
        title: `Refused with 401 at ${timeWithSeconds(proof.at)}`,
        text: `Latchkey tried the key after revoking it. ${service} no longer accepts it.`,
      };
    case "listed":
      return {
        tone: "ok",
        title: `Gone from the list at ${timeWithSeconds(proof.at)}`,
        text: `${service} lists the key no more, or marks it as revoked.`,
      };
    case "still_accepted":
      return {
        tone: "bad",
        title: `Still accepted at ${timeWithSeconds(proof.at)}`,
        text: revoked
          ? `${service} said it revoked the key, but still accepts it. It may take a minute. Check again, or revoke it on the API Keys page.`
          : `${service} still accepts the key. Revoke it on its API Keys page, then check again.`,
      };
    case "no_secret":
      return {
        tone: "plain",
        title: "No proof: the secret isn’t on this computer",
        text: revoked
          ? `${service} answered that the key is revoked. Latchkey can’t try it.`
          : "Latchkey can’t try a key it doesn’t hold.",
      };
    case "could_not_tell": {
      const error = explain(proof.error, subject);
      return { tone: "warn", title: `Couldn’t tell. ${error.title}`, text: error.sentence };
    }
  }
}
