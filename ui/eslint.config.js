// Owns the lint rules, among them which folder may import which. Leaves out formatting.

import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const tauri = {
  group: ["@tauri-apps/*"],
  message: "Only src/ipc/tauri.ts talks to the shell.",
};

/** Folders never reach into these rooms. Generated types are open to all. */
function never(files, rooms, extra = []) {
  return {
    files,
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [tauri, ...rooms.map(([group, message]) => ({ group, message })), ...extra] },
      ],
    },
  };
}

const noIpc = [
  ["**/ipc/**", "!**/ipc/generated", "!**/ipc/generated/**"],
  "Ask through state; only generated types cross.",
];
const noFeatures = [["**/features/**"], "Features stand on this folder, never the other way."];
const noState = [["**/state/**"], "State stands above this folder."];
const noComponents = [["**/components/**"], "Components stand above this folder."];

const features = [
  "keys",
  "create",
  "revoke",
  "projects",
  "signin",
  "adopt",
  "activity",
  "palette",
  "settings",
  "first-run",
  "lock",
  "quit",
];

export default ts.config(
  { ignores: ["dist/**", "node_modules/**", "src/ipc/generated/**", "public/**"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js"] },
        extraFileExtensions: [".svelte"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-eval": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Counting and folding by code point is what names and search want.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "no-restricted-imports": ["error", { patterns: [tauri] }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // State replaces its values ($state.raw), so a local Set or Date needs no reactive twin.
    files: ["**/*.ts", "**/*.svelte"],
    rules: { "svelte/prefer-svelte-reactivity": "off" },
  },
  {
    files: ["**/*.svelte"],
    rules: {
      "svelte/no-at-html-tags": "error",
      // The content security policy refuses style attributes in markup; style: directives go through the CSSOM and pass.
      "no-restricted-syntax": [
        "error",
        { selector: "SvelteAttribute[key.name='style']", message: "Use a data attribute or a style: directive." },
      ],
      "svelte/button-has-type": "error",
      "svelte/no-at-debug-tags": "error",
      "svelte/require-each-key": "error",
      "svelte/no-target-blank": "error",
      // Props are declared with let and written by bind:.
      "prefer-const": "off",
      "svelte/prefer-const": ["error", { destructuring: "all" }],
    },
  },
  // The one importer of the shell.
  { files: ["src/ipc/tauri.ts"], rules: { "no-restricted-imports": "off" } },
  never(["src/lib/**"], [noIpc, noFeatures, noState, noComponents]),
  never(["src/components/**"], [noIpc, noFeatures, noState]),
  never(["src/state/**"], [noFeatures, noComponents]),
  ...features.map((feature) =>
    never(
      [`src/features/${feature}/**`],
      [
        noIpc,
        ...features
          .filter((other) => other !== feature)
          .map((other) => [[`**/${other}/**`, `!**/ipc/**`], "A feature never imports another."]),
      ],
    ),
  ),
  {
    files: ["**/*.js"],
    ...ts.configs.disableTypeChecked,
    languageOptions: { globals: { ...globals.node } },
  },
);
