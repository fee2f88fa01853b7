// Owns the names of what can open under an account.

/** What opens under an account in Settings. */
export type Panel = "details" | "rename" | "servers" | "sign_out" | "remove";
