import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const source = ['runtime/**/*.ts', 'workers/**/*.ts', 'cli/**/*.ts'];

/** Packages that one file (one on each side, for comlink) hides from the rest of the house. */
const hidden = {
  piscina: ['runtime/threads/piscina-thread.ts'],
  winston: ['runtime/logs/files/winston-files.ts'],
  comlink: ['runtime/threads/control.ts', 'workers/control.ts'],
};

const ourselves = { regex: '^plustwo(/|$)', message: 'Import the room by its relative path.' };
const skippedLayers = [
  { regex: '^(\\.\\./)+workers/', message: 'The command stands on runtime; it may not reach past it.' },
  { regex: '^(\\.\\./)+runtime/(?!index\\.js$)', message: 'The command uses the public face of runtime only.' },
];

/** A rule given twice for one file replaces itself, so each set of files gets its whole list of bans at once. */
function bans(allowed, more = []) {
  const packages = Object.keys(hidden)
    .filter((name) => name !== allowed)
    .map((name) => ({
      regex: `^${name}(/|-|$)`,
      message: `May be imported by: ${hidden[name].join(', ') || 'no file yet'}.`,
    }));
  return { 'no-restricted-imports': ['error', { patterns: [...packages, ourselves, ...more] }] };
}

const sizes = (file, callable) => ({
  'max-lines': ['error', { max: file, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: callable, skipBlankLines: true, skipComments: true, IIFEs: true }],
});

const ownStyle = {
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
    { selector: ':matches(PropertyDefinition, MethodDefinition)[accessibility="private"]', message: 'Private by #.' },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.nodes/', '.cache/', 'benchmarks/results/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'plustwo/typed',
    files: ['**/*.ts', '**/*.mts', '**/*.cts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...sizes(250, 40),
      eqeqeq: 'error',
      // `load<typeof import('./tasks.js')>()` is how a module's types are given.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // What others threw is passed on as it is, whatever it is.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: false, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
    },
  },
  { name: 'plustwo/layers', files: source, rules: { ...bans(), ...ownStyle } },
  { name: 'plustwo/layers/cli', files: ['cli/**/*.ts'], rules: bans(undefined, skippedLayers) },
  ...Object.entries(hidden).map(([name, files]) => ({
    name: `plustwo/layers/${name}`,
    files: files.length > 0 ? files : ['runtime/no-file-yet.ts'],
    rules: bans(name),
  })),
  {
    name: 'plustwo/tests-and-benchmarks',
    files: ['test/**/*.ts', 'benchmarks/**/*.ts'],
    rules: {
      ...sizes(500, 120),
      // node:test awaits what its functions return; awaiting them at the top of a file would run them one by one.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'describe', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
      // The exception above lets an unawaited subtest through as well, and its failure comes too late to count.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExpressionStatement > CallExpression[callee.object.name="t"][callee.property.name="test"]',
          message: 'Await a subtest.',
        },
      ],
      // Tests do on purpose what sources must not: throw what is no error, tear methods off, compile what is wrong.
      '@typescript-eslint/ban-ts-comment': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What is declared there is looked at by the compiler only.
    name: 'plustwo/types',
    files: ['test/types.test.ts'],
    rules: { '@typescript-eslint/no-unused-vars': 'off' },
  },
  {
    // A fixture shows one behaviour, and the bad ones are the point: it throws what is no error, floats a promise, and so on.
    name: 'plustwo/fixtures',
    files: ['test/fixtures/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
  {
    name: 'plustwo/plain-javascript',
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    rules: {
      ...sizes(250, 40),
      eqeqeq: 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    name: 'plustwo/scripts',
    files: ['scripts/**/*.mjs', 'eslint.config.js'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
    rules: { 'no-undef': 'error' },
  },
  { name: 'plustwo/fixtures/plain', files: ['test/fixtures/**/*.{js,mjs,cjs}'], rules: { 'no-unused-vars': 'off' } },
);
