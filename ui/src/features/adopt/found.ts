// Owns the words for what was found with a key that is to act for an account. Pure; leaves out how they are drawn.

import type { AdminKeyView } from "../../ipc/generated/AdminKeyView";
import type { AdoptedView } from "../../ipc/generated/AdoptedView";
import type { ProviderView } from "../../ipc/generated/ProviderView";
import { explain, type Subject } from "../../lib/errors";

/** The line on top. */
export interface Verdict {
  tone: "ok" | "warn" | "bad";
  title: string;
  sentence: string;
}

/** `admin`, `admin or *`. */
export function neededScopes(provider: ProviderView): string {
  return provider.sign_in.any_of.join(" or ");
}

/** Whether the key works, and whether it is enough. Never red without a refusal. */
export function verdictOf(found: AdminKeyView, provider: ProviderView, subject: Subject): Verdict {
  if (found.accepted && found.lacks.length === 0) {
    return { tone: "ok", title: "Works", sentence: `${found.host} accepted this key.` };
  }
  if (found.accepted) {
    return {
      tone: "warn",
      title: `Works, without ${found.lacks.join(" and ")}`,
      sentence: `Paste a key that has ${neededScopes(provider)}, or add the account to look only.`,
    };
  }
  if (found.failure !== null && found.failure.code !== "key_refused") {
    return { tone: "warn", title: `Couldn’t tell. ${explain(found.failure, subject).title}`, sentence: "" };
  }
  return {
    tone: "bad",
    title: `Refused with ${String(found.status ?? 401)}`,
    sentence: `${found.host} doesn’t accept this key. It was revoked, has expired or was mistyped.`,
  };
}

/** What was found with a key that was added. */
export function adoptedVerdict(adopted: AdoptedView, host: string, subject: Subject): Omit<Verdict, "tone"> {
  if (adopted.accepted) return { title: "Works", sentence: `${host} accepted this key.` };
  return adopted.failure === null
    ? { title: "Refused", sentence: `${host} refused this key. It was revoked or has expired.` }
    : { title: "Couldn’t tell", sentence: explain(adopted.failure, subject).sentence };
}

/** What the key can and can't do, and what nobody knows yet, each as one line. */
export function abilities(
  found: AdminKeyView,
  provider: ProviderView,
): { can: string; cannot: string; unknown: string } {
  const verbs = [
    { verb: "list", able: found.can_list },
    { verb: "create", able: found.can_create },
    { verb: "revoke", able: found.can_revoke },
  ];
  const of = (able: "yes" | "no" | "unknown"): string[] =>
    verbs.filter((one) => one.able === able).map((one) => one.verb);
  const can = of("yes");
  const more = found.can_create === "yes" && provider.expiry.kind === "native" ? ", set an expiry" : "";
  const cannot = of("no");
  const own = found.can_revoke === "yes" ? "Revoke this key while it acts for the account" : "";
  return {
    can: can.length === 0 ? "" : `${sentence(join(can, "and"))} keys${more}`,
    cannot: cannot.length === 0 ? own : `${sentence(join(cannot, "or"))} keys`,
    unknown: of("unknown").length === 0 ? "" : `${sentence(join(of("unknown"), "or"))} keys`,
  };
}

function join(words: readonly string[], last: string): string {
  const all = [...words];
  const end = all.pop() ?? "";
  return all.length === 0 ? end : `${all.join(", ")} ${last} ${end}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
