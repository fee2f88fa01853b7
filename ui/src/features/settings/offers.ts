// Owns what a server offers in words: what is documented, what was asked and answered, and what stands in for it.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { OfferedView } from "../../ipc/generated/OfferedView";
import type { ProviderView } from "../../ipc/generated/ProviderView";

/** A thing that a server may offer. */
export type Offer = "list" | "create" | "revoke" | "expiry";

/** A word, and how it is known. */
export interface OfferWords {
  word: string;
  sub: string;
}

const INSTEAD: Record<Offer, string> = {
  list: "Known here",
  create: "Not offered",
  revoke: "In browser",
  expiry: "Reminder",
};

const GUIDED: Record<Offer, string> = { ...INSTEAD, create: "In dashboard" };

/** What an account's server offers. Nothing is claimed of a server that this account can't ask. */
export function offerWords(account: AccountView, provider: ProviderView | null, offer: Offer): OfferWords {
  const offered = account.capability[offer];
  const silent = account.sign_in === "needed" || account.sign_in === "signed_out";
  if (provider === null || (silent && offered.answer === "not_asked")) return { word: "–", sub: "" };
  if (offer === "expiry") return expiryWords(provider, offered, account);
  const support = provider[offer];
  if (support === "guided") return { word: GUIDED[offer], sub: "" };
  if (offer !== "list" && account.lacks.length > 0) {
    return { word: `Lacks ${account.lacks.join(", ")}`, sub: "the key in use" };
  }
  if (support === "native" && (offered.answer === "yes" || offered.answer === "not_asked")) {
    return { word: "Yes", sub: "" };
  }
  return asked(offered, offer, account);
}

function expiryWords(provider: ProviderView, offered: OfferedView, account: AccountView): OfferWords {
  switch (provider.expiry.kind) {
    case "native":
      return { word: `${String(provider.expiry.min_days)} to ${String(provider.expiry.max_days)} days`, sub: "" };
    case "reminder_only":
      return { word: "Reminder", sub: "" };
    case "asked":
      return asked(offered, "expiry", account);
  }
}

function asked(offered: OfferedView, offer: Offer, account: AccountView): OfferWords {
  switch (offered.answer) {
    case "yes":
      return { word: offer === "expiry" ? "Confirmed" : "Yes", sub: "asked" };
    case "no":
      return { word: INSTEAD[offer], sub: `asked: ${String(offered.status)}` };
    case "unclear":
      return { word: "Unclear", sub: "asked, not understood" };
    case "not_asked":
      // Whoever isn't signed in can't ask.
      return { word: account.sign_in === "signed_in" ? "Not asked yet" : "–", sub: "" };
  }
}
