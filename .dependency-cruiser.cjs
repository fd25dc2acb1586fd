// The house's order (docs/decisions/0001 and CONTRIBUTING.md): who may import whom. `npm run lint` holds it, and
// test/unit/layers.test.ts proves that each rule bites.

const inside = '^src/([^/]+)/'
const room = (...names) => `^src/(${names.join('|')})/`
const testFiles = '[.]test[.]ts$|/testdata/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What depends on itself can be neither read nor tested from the bottom up. Types may name each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contract-imports-nothing',
      comment:
        'Both sides of the IPC load the contract, so nothing of ours, of Node or of the browser may come with it.',
      severity: 'error',
      from: { path: room('contract'), pathNot: testFiles },
      to: { pathNot: ['^src/contract/', '^node_modules/zod/'] },
    },
    {
      name: 'base-imports-only-contract',
      severity: 'error',
      from: { path: room('base') },
      to: { path: '^(src|renderer)/', pathNot: room('base', 'contract') },
    },
    {
      name: 'rooms-through-their-door',
      comment:
        'A room of src/ is entered by its index.ts; what is behind it may change without asking anybody. The preload ' +
        'alone reaches into the contract, to stay small: it is read by every window before anything is shown.',
      severity: 'error',
      from: { path: inside, pathNot: room('preload') },
      to: { path: inside, pathNot: ['^src/$1/', '^src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'services-do-not-know-the-house',
      comment: 'main, preload, cli and house put the services together; services never look up to them.',
      severity: 'error',
      from: { path: '^src/', pathNot: room('main', 'preload', 'cli', 'house') },
      to: { path: room('main', 'preload', 'cli', 'house') },
    },
    {
      name: 'house-does-not-know-its-front',
      severity: 'error',
      from: { path: room('house') },
      to: { path: room('main', 'preload', 'cli') },
    },
    {
      name: 'preload-imports-only-contract',
      severity: 'error',
      from: { path: room('preload') },
      to: { path: '^(src|renderer)/', pathNot: room('preload', 'contract') },
    },
    {
      name: 'renderer-imports-only-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^src/', pathNot: '^src/contract/index[.]ts$' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: testFiles },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'src-does-not-import-renderer',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^renderer/' },
    },
    {
      name: 'electron-only-in-main-and-preload',
      comment: 'Everything else also runs without a window: in tests, in the command line, in the simulated room.',
      severity: 'error',
      from: { path: '^(src|renderer)/', pathNot: room('main', 'preload') },
      to: { path: '^electron$|^node_modules/electron/' },
    },
    {
      name: 'sqlite-only-in-storage',
      comment: 'One place opens the one file.',
      severity: 'error',
      from: { path: '^(src|renderer)/', pathNot: room('storage') },
      to: { path: '^node_modules/better-sqlite3/' },
    },
    {
      name: 'published-clients-only-as-the-other-side',
      comment: 'The dhcp and tftp packages witness for our servers; they never serve (docs/decisions/0001).',
      severity: 'error',
      from: { path: '^(src|renderer)/', pathNot: [room('simulator', 'diagnosis'), testFiles] },
      to: { path: '^node_modules/(dhcp|tftp)/' },
    },
    {
      name: 'nothing-imports-test-or-tools',
      severity: 'error',
      from: { path: '^(src|renderer)/' },
      to: { path: '^(test|tools)/' },
    },
    {
      name: 'installed-code-uses-installed-packages',
      comment: 'Only `dependencies` are there in an installed Amorce.',
      severity: 'error',
      from: { path: '^src/', pathNot: [testFiles, '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/electron/' },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.node.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.svelte', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default', 'types'],
    },
  },
}
