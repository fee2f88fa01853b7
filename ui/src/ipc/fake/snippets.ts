// Owns the pretended ready-made ways to use a key, per service. The texts name the variable; Rust would put the value in.

import type { SnippetView } from "../generated/SnippetView";
import { PROVIDERS } from "./providers";

const PROBES: Record<string, string> = {
  "basic-memory": "/api/v2/projects",
  "memory-api": "/account",
  "memory-os": "/memories",
  "memory-kit": "/status",
};

/** The tabs for a key of a service. */
export function snippets(provider = "basic-memory"): SnippetView[] {
  const service = PROVIDERS.find((candidate) => candidate.id === provider);
  if (service === undefined) return [];
  const variable = service.variables[0] ?? "API_KEY";
  const url = `${service.host}${PROBES[provider] ?? ""}`;
  const texts: SnippetView[] = service.variables.map((name, index) => ({
    id: index === 0 ? "environment" : `environment_${String(index + 1)}`,
    label: index === 0 ? "Environment" : name,
    text: `export ${name}="$${name}"`,
    caution: null,
    language: "sh",
  }));
  texts.push(
    {
      id: "curl",
      label: "curl",
      text: `curl ${url} \\\n  -H "Authorization: Bearer $${variable}"`,
      caution: null,
      language: "sh",
    },
    {
      id: "python",
      label: "Python",
      text: `import os, httpx\n\nkey = os.environ["${variable}"]\nhttpx.get(\n    "${url}",\n    headers={"Authorization": f"Bearer {key}"},\n)`,
      caution: null,
      language: "python",
    },
    {
      id: "javascript",
      label: "JavaScript",
      text: `await fetch("${url}", {\n  headers: { Authorization: \`Bearer \${process.env.${variable}}\` },\n});`,
      caution: null,
      language: "javascript",
    },
  );
  const published = provider === "basic-memory";
  const address = published ? `${service.host}/mcp` : "https://ADDRESS-OF-YOUR-MCP-SERVER";
  texts.push({
    id: "mcp",
    label: "MCP client",
    text: `"${provider}": {\n  "type": "http", "url": "${address}",\n  "headers": { "Authorization": "Bearer \${${variable}}" }\n}`,
    caution: published
      ? null
      : `${service.name} publishes no address of an MCP server that takes a key in a header. Put in the one you run or were given: the key goes there.`,
    language: "json",
  });
  return texts;
}
