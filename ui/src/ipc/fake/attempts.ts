// Owns the sign-ins of the fake backend, as they stand when they begin. Leaves out how they go on.

import type { SignInAttemptView } from "../generated/SignInAttemptView";
import { iso } from "./data";

/** Who signs in where. */
interface Begun {
  id: string;
  provider: string;
  account: string | null;
  /** The authorization server. */
  server: string;
  now: number;
}

/** One with a code to compare. */
export function withCode({ id, provider, account, server, now }: Begun, code = "FKWD-RJTX"): SignInAttemptView {
  return {
    id,
    provider,
    account,
    way: "code",
    use_code_from: null,
    user_code: code,
    verification_host: new URL(server).host,
    verification_uri: `${server}/device`,
    expires_at: iso(now + 300_000),
    state: "waiting",
    browser_opened: true,
    failure: null,
    done_account: null,
  };
}

/** One that the browser finishes by itself. */
export function inBrowser(begun: Begun): SignInAttemptView {
  return {
    ...withCode(begun),
    way: "loopback",
    use_code_from: iso(begun.now + 20_000),
    user_code: null,
    verification_uri: null,
  };
}
