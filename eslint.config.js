import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import tseslint from 'typescript-eslint'

// Layout is prettier's, types are the compiler's, imports between the layers are dependency-cruiser's
// (.dependency-cruiser.cjs). What is left here is what those three cannot see.

const typed = ['src/**/*.ts', 'renderer/**/*.ts', 'test/**/*.ts', 'tools/**/*.mjs']

export default tseslint.config(
  { ignores: ['out/', 'dist/', '.cache/', 'coverage/', 'test-results/', 'playwright-report/', '**/testdata/'] },
  js.configs.recommended,
  tseslint.configs.strict,
  svelte.configs.recommended,
  {
    rules: {
      // A name beginning with an underscore says that it is not used on purpose.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Playwright's fixtures say so that they need no other.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
      // The output of a command that answers nothing is `void` in the contract.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Indexing is already checked by the compiler (noUncheckedIndexedAccess); `!` is how a proof it cannot see is said.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: typed,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.{ts,mjs}', 'tools/**/*.mjs', '*.config.{js,ts}', '.dependency-cruiser.cjs'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['renderer/**/*.{ts,svelte}', 'resources/exam-page/*.js', 'src/preload/**/*.ts'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['renderer/**/*.svelte', 'renderer/**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$state'] }],
      // Lists are replaced whole ($state.raw), so the collections they are made of need not be reactive.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // What a test throws is what another process could send.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/only-throw-error': 'off' },
  },
  {
    // Commands speak on the terminal.
    files: ['tools/**/*.mjs', 'src/cli/**/*.ts', 'src/main/**/*.ts', 'test/{bench,fuzz}/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { sourceType: 'commonjs' },
  },
)
