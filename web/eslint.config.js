import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import i18next from "eslint-plugin-i18next";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** A page that asks these for `isError` takes away what it shows when a refetch fails: see src/lib/query.ts. */
const QUERY_HOOKS = {
  name: "@tanstack/react-query",
  importNames: ["useQuery", "useInfiniteQuery", "useQueries"],
  message: "Use src/lib/query: what is shown must outlive a failed refetch.",
};

/** Files of `layer` may not import from `others`: the app stands on features, they on components, these on lib. */
const layer = (layer, others) => ({
  files: [`src/${layer}/**/*.{ts,tsx}`],
  ignores: ["**/*.test.{ts,tsx}"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        paths: [QUERY_HOOKS],
        patterns: [
          {
            group: [...others, "test"].flatMap((other) => [`@/${other}/**`, `**/../${other}/**`]),
            message: `src/${layer} knows nothing of it: see web/README.md.`,
          },
        ],
      },
    ],
  },
});

/** The attributes that people read or hear. */
const READ_ATTRIBUTES = [
  "alt",
  "answer",
  "aria-label",
  "caption",
  "description",
  "eye",
  "label",
  "lead",
  "nothingFoundMessage",
  "placeholder",
  "question",
  "text",
  "title",
];

export default tseslint.config(
  { ignores: ["node_modules", "dist", "test-results", "playwright-report", "src/lib/api/schema.gen.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks, "jsx-a11y": a11y },
    rules: {
      ...hooks.configs.recommended.rules,
      ...a11y.flatConfigs.recommended.rules,
      // Names, bios and messages are other people's words: they are shown as text, never as HTML.
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Show it as text." },
        {
          selector: "ImportSpecifier[imported.name=/^(Modal|Drawer)$/]",
          message:
            "Use components/ui/dialog: it is full-screen on phones and puts the focus where it belongs.",
        },
        {
          selector: "ImportSpecifier[imported.name=/^(DatePicker|DateInput)$/]",
          message: "Use components/ui/locale-date-picker or locale-date-input: dates by the reader's habits.",
        },
        {
          selector: "ImportDeclaration[source.value='react'] > ImportSpecifier[imported.name='lazy']",
          message: "Use components/ui/lazy-part: its file may not come, and the rest of the screen stays.",
        },
        {
          selector: "CallExpression[callee.object.name='form'][callee.property.name='reset']",
          message: "Use resetSent of lib/form: what was typed while the form was sent stays.",
        },
        {
          selector: "CallExpression[callee.property.name='resetDirty'][arguments.length=0]",
          message: "Give it what was sent: what was typed meanwhile is not saved.",
        },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 250 }],
    },
  },
  {
    // Texts go through `t`: see "Add a text" in CONTRIBUTING.md.
    files: ["src/**/*.tsx"],
    ignores: ["**/*.test.tsx", "src/test/**", "src/app/gallery/**"],
    plugins: { i18next },
    rules: {
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": { include: READ_ATTRIBUTES },
          callees: { exclude: ["t", "msg", ".*\\.(getInputProps|key|has|get)"] },
          // signs and digits; codes and paths, which no text looks like
          words: { exclude: ["[^A-Za-z]*", "[a-z_]+", "/[a-z-]+"] },
        },
      ],
    },
  },
  layer("lib", ["components", "features", "app"]),
  layer("components", ["features", "app"]),
  layer("features", ["app"]),
  layer("app", []),
  {
    files: ["scripts/**", "*.config.*", "postcss.config.cjs", "public/**"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        module: "writable",
        fetch: "readonly",
        URL: "readonly",
        document: "readonly",
        localStorage: "readonly",
        matchMedia: "readonly",
        navigator: "readonly",
        location: "readonly",
        addEventListener: "readonly",
        setInterval: "readonly",
      },
    },
  },
);
