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
    id: index === 0 ? "environment" : `environment-${String(index + 1)}`,
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
  if (provider === "memory-api") {
    texts.push({
      id: "sdk",
      label: "SDK",
      text: `import os\nfrom memory_api import MemoryAPI\n\nmemory = MemoryAPI(api_key=os.environ["${variable}"])`,
      caution:
        "The documented package memory-api isn’t on PyPI. Install nothing under that name before you checked whose it is.",
      language: "python",
    });
  }
  texts.push({
    id: "mcp",
    label: "MCP",
    text:
      provider === "memory-os"
        ? `"memory-os": {\n  "command": "npx", "args": ["-y", "@memoryos/mcp-server"],\n  "env": { "MEMORY_OS_API_KEY": "\${MEMORY_OS_API_KEY}" }\n}`
        : `"${provider}": {\n  "type": "http", "url": "${service.host}/mcp",\n  "headers": { "Authorization": "Bearer \${${variable}}" }\n}`,
    caution: service.caution,
    language: "json",
  });
  return texts;
}
