import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "scripts", "eslint.config.js", "public"] },
  js.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  a11y.flatConfigs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Floors of the application: words and api know nothing of screens, ui knows nothing of the api.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/only-throw-error": "off",
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='style']", message: "Styles stand in the style sheets: the content security policy allows no others." },
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Nothing is put into the page as HTML." },
      ],
    },
  },
  {
    files: ["src/ui/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/api/*", "**/screens/*", "**/shell/*"] }] },
  },
  {
    files: ["src/api/**", "src/words/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/ui/*", "**/screens/*", "**/shell/*"] }] },
  },
);
