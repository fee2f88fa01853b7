// Owns the words of the Projects page: what a credential does, which trap it is, what a row has to remark. Leaves out how they are drawn.

import type { AccountView } from "../../ipc/generated/AccountView";
import type { ConfigView } from "../../ipc/generated/ConfigView";
import type { CredentialsView } from "../../ipc/generated/CredentialsView";
import type { ProjectsView } from "../../ipc/generated/ProjectsView";
import type { ProjectView } from "../../ipc/generated/ProjectView";
import type { SourceView } from "../../ipc/generated/SourceView";
import type { TrapView } from "../../ipc/generated/TrapView";
import type { Route } from "../../state/projects.svelte";
import { ago } from "../../lib/dates";
import { count } from "../../lib/durations";
import { search } from "../../lib/fuzzy";

/** One line with its mark and colour. */
export interface Line {
  words: string;
  tone: "plain" | "ok" | "warn" | "bad";
  icon: "check" | "x" | "minus" | "warn" | "info" | null;
}

/** A way out of a trap. */
export type Fix = TrapView["fixes"][number];

/** Something a row has to say, with the button that does something about it. */
export interface Remark {
  words: string;
  tone: "warn" | "quiet";
  /** More of it, for where it is pointed at and for screen readers. */
  detail: string;
  action: { kind: "create" | "apply"; label: string } | null;
}

/** The title of a source. */
export const SOURCES: Record<SourceView["kind"], string> = {
  variable: "Environment variable",
  config_key: "Key in config.json",
  cli_sign_in: "CLI sign-in",
};

/** What a source holds: the key's name and prefix, or where it would be. */
export function holds(source: SourceView): string {
  if (!source.set || (source.prefix === null && source.key_name === null)) return source.name;
  const prefix = source.prefix === null ? "" : `${source.prefix}…`;
  return [source.key_name, prefix].filter((part) => part !== null && part !== "").join(" ");
}

/** How a source stands. */
export function sourceLine(source: SourceView, all: readonly SourceView[], now: Date): Line {
  if (!source.set) {
    return { words: source.kind === "variable" ? "Not set here" : "Not set", tone: "plain", icon: "minus" };
  }
  if (source.empty) return { words: "Set, but empty", tone: "bad", icon: "x" };
  if (source.problem !== null) return { words: capital(source.problem), tone: "bad", icon: "x" };
  const { state, at, status } = source.check;
  const when = at === null ? "" : `, ${ago(at, now)}`;
  switch (state) {
    case "works": {
      if (source.in_use) {
        return { words: at === null ? "Works" : `Works, checked ${ago(at, now)}`, tone: "ok", icon: "check" };
      }
      if (source.kind === "config_key" && all.some((other) => other.empty)) {
        return { words: "Works, but hidden", tone: "warn", icon: "warn" };
      }
      const used = all.find((other) => other.in_use);
      const good = used?.check.state === "works";
      return { words: good ? "Works, not needed" : "Works, but never tried", tone: "ok", icon: "check" };
    }
    case "refused":
      return {
        words:
          source.kind === "cli_sign_in" ? "Refused: sign-in has ended" : `Refused with ${String(status ?? 401)}${when}`,
        tone: "bad",
        icon: "x",
      };
    case "expired":
      return { words: "Expired; bm renews it when it can", tone: "warn", icon: "warn" };
    case "could_not_tell":
      return {
        words: status === null ? "Couldn’t tell: no answer" : `Couldn’t tell: answered ${String(status)}`,
        tone: "plain",
        icon: "info",
      };
    case "checking":
      return { words: "Checking", tone: "plain", icon: null };
    case "not_checked":
      return { words: "Set, not checked yet", tone: "plain", icon: "info" };
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A trap in words. */
export function trapWords(
  trap: TrapView,
  credentials: CredentialsView,
  projects: readonly ProjectView[],
): { title: string; text: string } {
  const used = credentials.sources.find((source) => source.in_use) ?? null;
  switch (trap.kind) {
    case "stale_key_masks_sign_in":
      return used?.kind === "variable"
        ? {
            title: "A stale key in the environment masks a good credential.",
            text: `Take ${used.name} out of the environment and cloud projects work again.`,
          }
        : {
            title: "A stale key masks a good sign-in.",
            text: "Take it out of config.json and cloud projects work again.",
          };
    case "empty_variable_hides_key":
      return {
        title: "An empty variable hides the key.",
        text: `${credentials.sources.find((source) => source.empty)?.name ?? "A variable"} is set to nothing, and bm takes that before config.json.`,
      };
    case "stray_space":
      return {
        title: "The key has a stray space.",
        text: "bm can’t send it like that, so it counts as not connected.",
      };
    case "other_workspace": {
      const out = projects.filter((project) => project.reach === "unreachable").map((project) => project.name);
      const whose = used?.key_name ?? "The key in use";
      return {
        title: `${whose} is a key of another workspace.`,
        text:
          out.length === 0
            ? "It can’t reach the workspace of your cloud projects."
            : out.length <= 2
              ? `It can’t reach ${out.join(" and ")}.`
              : `It can’t reach ${count(out.length, "project")}.`,
      };
    }
    case "none_works":
      return {
        title: "Cloud projects have no credential that works.",
        text: projects.some((project) => project.served_from === "cloud")
          ? "They stay in the cloud; reads and writes fail."
          : "Nothing is served from the cloud now, so nothing fails yet.",
      };
  }
}

/** The label of a way out. */
export const FIXES: Record<Fix, string> = {
  use_sign_in: "Use the sign-in",
  choose_key: "Choose a key",
  create_key: "Create a key",
  trim_key: "Take out the space",
  show_how: "Show how",
};

/** Ways out in the order of their buttons; the last one is the main one. */
export function ordered(fixes: readonly Fix[]): Fix[] {
  const order: Fix[] = ["show_how", "choose_key", "create_key", "trim_key", "use_sign_in"];
  return order.filter((fix) => fixes.includes(fix));
}

/** What a row has to say beside its workspace; the most pressing one only. */
export function remark(project: ProjectView, credentials: CredentialsView): Remark | null {
  if (project.reverted) {
    return {
      words: "bm put it back",
      tone: "warn",
      detail: "A bm command that was still running wrote the state from before the switch.",
      action: { kind: "apply", label: "Apply again" },
    };
  }
  if (project.served_from === "local") return null;
  const used = credentials.sources.find((source) => source.in_use) ?? null;
  const dead = used === null || used.check.state === "refused" || used.check.state === "expired";
  if (project.reach === "no_credential" || (project.reach === "unreachable" && dead)) {
    return { words: "Not reachable now", tone: "warn", detail: "No credential that bm uses works.", action: null };
  }
  if (project.reach === "unreachable") {
    const who = used?.kind === "cli_sign_in" ? "The sign-in" : (used?.key_name ?? "The key");
    return {
      words: `${who} can’t reach it`,
      tone: "warn",
      detail: "The credential in use belongs to another workspace.",
      action: null,
    };
  }
  if (project.in_cloud === "missing") {
    return {
      words: "Not there yet",
      tone: "warn",
      detail: "The cloud has no project of this name in this workspace.",
      action: { kind: "create", label: "Create it there" },
    };
  }
  if (project.unknown_version) {
    return {
      words: "bm version unknown",
      tone: "quiet",
      detail: "Written in the newest form, because the version of bm on this computer isn’t known.",
      action: null,
    };
  }
  return project.in_cloud === "checking"
    ? { words: "Looking for it there", tone: "quiet", detail: "Asking the cloud for the project.", action: null }
    : null;
}

/** What is said when projects were switched. */
export function switched(names: readonly string[], to: Route): { title: string; detail: string } {
  const who = names.length === 1 ? (names[0] ?? "") : count(names.length, "project");
  const verb = names.length === 1 ? "is" : "are";
  return to === "cloud"
    ? { title: `${who} ${verb} served from the cloud`, detail: "No notes were moved or uploaded." }
    : { title: `${who} ${verb} served from this computer`, detail: "No notes were moved or downloaded." };
}

/** What is said of an undo: what another program changed since is left as that program set it. */
export function undone(
  before: readonly ProjectView[],
  after: readonly ProjectView[],
): { title: string; detail: string | null } {
  const left = before.filter((one) => {
    const now = after.find((other) => other.key === one.key);
    return now === undefined || (now.served_from === one.served_from && now.workspace_id === one.workspace_id);
  });
  const back = before.filter((one) => !left.includes(one));
  const who = (some: readonly ProjectView[]): string =>
    some.length === 1 ? (some[0]?.name ?? "") : count(some.length, "project");
  if (back.length === 0) return { title: "Nothing was undone", detail: "Another program changed it since" };
  return {
    title: `${who(back)} ${back.length === 1 ? "is" : "are"} as before`,
    detail: left.length === 0 ? null : `${who(left)} stayed as another program set it`,
  };
}

/** Why nothing can be switched, or null. */
export function unswitchable(config: ConfigView): string | null {
  if (config.state === "older") return "config.json is in an older format; migrate it first";
  if (!config.writable) return "config.json can’t be written";
  return null;
}

/** The service whose CLI this page is about. */
export const PROVIDER = "basic-memory";

/** Whether an account lives at the host that the CLI talks to; another's key would be refused there. */
export function belongs(account: AccountView | null, config: ConfigView): boolean {
  return account?.provider === PROVIDER && hostOf(account.host) === hostOf(config.cloud_host);
}

/** `cloud.basicmemory.com`, `127.0.0.1:41873`. */
export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/+$/, "");
}

/** Which rule decided which file is read. */
export const DECIDED: Record<ConfigView["decided_by"], string> = {
  config_dir_variable: "BASIC_MEMORY_CONFIG_DIR is set",
  xdg_config_home: "XDG_CONFIG_HOME is set",
  home: "no variable names another",
};

/** The projects that a search finds, in their order in the file unless something is searched. */
export function found(projects: readonly ProjectView[], query: string): ProjectView[] {
  return search(projects, query, (project) =>
    [project.name, project.key, project.folder ?? "", project.workspace ?? "", project.served_from].join(" "),
  );
}

/** `2 Basic Memory projects`. */
export function countIn(view: ProjectsView): { all: number; cloud: number } {
  return {
    all: view.projects.length,
    cloud: view.projects.filter((project) => project.served_from === "cloud").length,
  };
}
