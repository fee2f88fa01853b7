// Owns the error that carries an ErrorView through a rejected promise. Words for it are in errors.ts.

import type { ErrorView } from "../ipc/generated/ErrorView";
import type { ErrorDetails } from "../ipc/generated/ErrorDetails";
import type { ErrorCode } from "../ipc/generated/ErrorCode";

/** A command that failed. */
export class Failure extends Error {
  readonly view: ErrorView;

  constructor(view: ErrorView) {
    super(view.message);
    this.name = "Failure";
    this.view = view;
  }
}

/** Details in which nothing is known. */
export const noDetails: ErrorDetails = {
  status: null,
  request_id: null,
  text: null,
  retry_at: null,
  url: null,
  field: null,
  host: null,
};

/** An ErrorView from its code and what is known. */
export function errorView(code: ErrorCode, details: Partial<ErrorDetails> = {}, message = ""): ErrorView {
  return { code, message: message === "" ? code : message, details: { ...noDetails, ...details } };
}

/** What went wrong, from whatever was thrown. Anything unknown is `internal` and its text is dropped. */
export function failureOf(reason: unknown): ErrorView {
  if (reason instanceof Failure) return reason.view;
  if (isErrorView(reason)) return reason;
  return errorView("internal", {}, "Something in Latchkey itself failed.");
}

function isErrorView(reason: unknown): reason is ErrorView {
  return (
    typeof reason === "object" &&
    reason !== null &&
    "code" in reason &&
    typeof reason.code === "string" &&
    "details" in reason &&
    typeof reason.details === "object" &&
    reason.details !== null
  );
}
