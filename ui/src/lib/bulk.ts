// Owns how many things are done in one go. Leaves out what is done.

/** More keys than this are not revoked in one run: nobody reads such a list, and services limit their requests. */
export const MOST_AT_ONCE = 200;
