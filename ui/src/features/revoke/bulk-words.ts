// Owns the words for each key of a bulk revoke: what stops, what became of it, what else can be done.

import { count } from "../../lib/durations";
import { explain, type Subject } from "../../lib/errors";
import type { Line } from "./bulk.svelte";
import { proofWords } from "./proof";

/** One line in words; amber is where something stops or needs a hand. */
export interface LineWords {
  tone: "plain" | "warn" | "bad" | "ok";
  text: string;
  /** The other way, as the label of a button; null where there is none. */
  other: string | null;
}

/** What a revoke of this key means, or what became of it. */
export function lineWords(line: Line, service: string, subject: Subject, now: Date): LineWords {
  switch (line.state) {
    case "done":
      return { tone: "ok", text: `Revoked. ${proof(line, service, subject)}`, other: null };
    case "working":
      return { tone: "plain", text: "Revoking", other: null };
    case "browser":
      return { tone: "warn", text: `${service} offers no revoke to Latchkey`, other: "Revoke in your browser" };
    case "failed": {
      const words = line.failure === null ? null : explain(line.failure, subject);
      const why = words === null ? proof(line, service, subject) : `${words.title}. ${words.sentence}`;
      return { tone: "bad", text: why, other: "Try again" };
    }
    case "waiting":
      return line.way === "here" ? consequence(line, service, now) : otherWay(line, service);
  }
}

function proof(line: Line, service: string, subject: Subject): string {
  return line.result === null ? "" : proofWords(line.result.proof, service, subject, line.result.revoked).title;
}

function consequence(line: Line, service: string, now: Date): LineWords {
  const { plan } = line;
  const places = plan.noted_places.map((place) => place.name);
  const stops: string[] = [];
  if (places.length === 1) stops.push(`${places[0] ?? ""} stops at once`);
  if (places.length > 1) stops.push(`${count(places.length, "place")} stop at once: ${places.join(", ")}`);
  if (plan.in_config) stops.push("The Basic Memory CLI here stops using it");
  const use = plan.key.last_use;
  const today = use.kind === "at" && now.getTime() - Date.parse(use.at) < DAY;
  if (stops.length === 0 && today) stops.push("In use today: what uses it stops at once");
  if (stops.length > 0) return { tone: "warn", text: stops.join(". "), other: null };
  const unknown = use.kind === "not_reported" ? `; ${service} doesn’t report use` : "";
  return { tone: "plain", text: `No place noted${unknown}`, other: null };
}

function otherWay(line: Line, service: string): LineWords {
  switch (line.way) {
    case "acting":
      return {
        tone: "warn",
        text: `Acts for ${line.plan.account.label}. Another key has to act for it first`,
        other: "Choose another key",
      };
    case "browser":
      return { tone: "warn", text: `${service} offers no revoke to Latchkey`, other: "Revoke in your browser" };
    case "signed_out":
      return { tone: "warn", text: `${line.plan.account.label} isn’t signed in`, other: "Sign in" };
    case "here":
    case "ended":
      return {
        tone: "plain",
        text: line.plan.key.status === "expired" ? "Expired already" : "Revoked already",
        other: null,
      };
  }
}

const DAY = 86_400_000;
