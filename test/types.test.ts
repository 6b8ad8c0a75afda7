// What the compiler must accept and refuse. The functions are never called: compiling this file is the test, and a line that is marked
// as refused fails the build when it is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { CallOptions, Handles, MapItem, Snapshot, Supervisor, Usage } from '../runtime/index.js';
import { type Resource, resource, task, transfer } from '../workers/task.js';

type Typed = typeof import('./fixtures/handlers/typed.js');
type TypedHandles = Handles<Typed>;

/** `true` where two types are the same, both ways. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(_holds: Same<A, B>): void {}

export async function loadsTyped(supervisor: Supervisor): Promise<void> {
  const module = await supervisor.load<Typed>('./typed.js');
  same<typeof module, TypedHandles>(true);
  same<
    keyof typeof module,
    'default' | 'length' | 'now' | 'attemptOf' | 'either' | 'shout' | 'declared' | 'later' | 'fails'
  >(true);
}

export async function outputsAreAwaited(handles: TypedHandles): Promise<void> {
  same<Awaited<ReturnType<TypedHandles['default']>>, { bytes: number }>(true);
  const { bytes } = await handles.default({ file: 'a.png', width: 320 });
  same<typeof bytes, number>(true);
  same<Awaited<ReturnType<TypedHandles['length']>>, number>(true);
  same<Awaited<ReturnType<TypedHandles['declared']>>, number>(true);
  same<Awaited<ReturnType<TypedHandles['later']>>, readonly [number]>(true);
  same<ReturnType<TypedHandles['fails']>, Promise<never>>(true);
  // @ts-expect-error -- a number is no string
  const wrong: string = await handles.length('text');
  void wrong;
}

export function wrongNamesAreRefused(handles: TypedHandles): void {
  // @ts-expect-error -- misspelt
  void handles.lenght;
  // @ts-expect-error -- belongs to the module's life
  void handles.setup;
  // @ts-expect-error -- belongs to the module's life
  void handles.teardown;
  // @ts-expect-error -- no function
  void handles.limit;
}

export function wrongInputsAreRefused(handles: TypedHandles): void {
  // @ts-expect-error -- a number is no string
  void handles.length(7);
  // @ts-expect-error -- the input is missing
  void handles.length();
  // @ts-expect-error -- width is missing
  void handles.default({ file: 'a.png' });
  // @ts-expect-error -- depth is unknown
  void handles.default({ file: 'a.png', width: 1, depth: 2 });
  // @ts-expect-error -- not a list of numbers
  void handles.declared(['1']);
  // @ts-expect-error -- the promised function takes a number
  void handles.later('1');
  // @ts-expect-error -- may be undefined, not a number
  void handles.either(7);
}

export function handlersWithoutInput(handles: TypedHandles): void {
  void handles.now();
  void handles.now(undefined, { timeout: 5 });
  void handles.attemptOf();
  void handles.either();
  void handles.either('text');
  // @ts-expect-error -- takes no input
  void handles.now(7);
  // @ts-expect-error -- takes no input, options come second
  void handles.now({ timeout: 5 });
}

export function options(handles: TypedHandles, signal: AbortSignal): void {
  const all: CallOptions = {
    signal,
    timeout: '5s',
    deadline: 5_000,
    grace: 0,
    priority: -1,
    retry: { attempts: 3, backoff: '1s', maxBackoff: 5, jitter: false, on: ['lost', 'ECONNRESET'] },
    transfer: [new ArrayBuffer(1)],
    onProgress: (fraction, note) => [fraction.toFixed(), note?.length],
    args: { any: 'thing' },
    whenFull: 'wait',
  };
  void handles.length('text', all);
  // @ts-expect-error -- misspelt
  void handles.length('text', { timeuot: 5 });
  // @ts-expect-error -- a wrong word
  void handles.length('text', { whenFull: 'drop' });
  // @ts-expect-error -- of map
  void handles.length('text', { ordered: false });
  void handles.length.map(['text'], { ordered: false, concurrency: 4, timeout: '1s' });
  // @ts-expect-error -- one transfer list cannot hold for many inputs
  void handles.length.map(['text'], { transfer: [] });
}

export async function itemsAreAUnion(handles: TypedHandles, texts: string[]): Promise<void> {
  for await (const item of handles.length.map(texts)) {
    same<typeof item, MapItem<string, number>>(true);
    same<typeof item.index, number>(true);
    same<typeof item.input, string>(true);
    same<typeof item.usage, Usage>(true);
    // @ts-expect-error -- there is a value only where it is ok
    void item.value;
    // @ts-expect-error -- there is an error only where it is not
    void item.error;
    switch (item.status) {
      case 'ok':
        same<typeof item.value, number>(true);
        // @ts-expect-error -- ok has no error
        void item.error;
        break;
      case 'failed':
      case 'cancelled':
      case 'timed-out':
      case 'lost':
        same<typeof item.error, unknown>(true);
        // @ts-expect-error -- what is not ok has no value
        void item.value;
        break;
      default:
        same<typeof item, never>(true);
    }
    // @ts-expect-error -- no such status
    void (item.status === 'timed out');
  }
}

export async function sourcesOfMap(handles: TypedHandles, stream: AsyncIterable<string>): Promise<void> {
  void handles.length.map(new Set(['a']));
  void handles.length.map('text');
  void handles.length.map(stream);
  // @ts-expect-error -- numbers are no texts
  void handles.length.map([1]);
  // @ts-expect-error -- not iterable
  void handles.length.map(7);
  // What is known of the inputs stays known of the items.
  for await (const { input } of handles.default.map([{ file: 'a', width: 1, tag: 'x' as const }]))
    same<typeof input.tag, 'x'>(true);
}

export function snapshotsAreTyped(snapshot: Snapshot): void {
  same<Snapshot['state'], 'running' | 'draining' | 'closed'>(true);
  same<(typeof snapshot.threads)[number]['taskAgeMs'], number | null>(true);
  // @ts-expect-error -- read only
  snapshot.state = 'closed';
}

export function supervisorsEvents(supervisor: Supervisor): void {
  supervisor.on('settled', ({ outcome, usage }) => [outcome === 'timed-out', usage.runMs]);
  // @ts-expect-error -- no such event
  supervisor.on('settle', () => undefined);
  // @ts-expect-error -- no such field
  supervisor.once('restart', ({ sloth }) => sloth);
}

export function tasksAndResources(): void {
  const db = resource({
    open: () => Promise.resolve({ query: (text: string) => text }),
    close: (connection) => connection.query('end'),
    share: 2,
  });
  same<typeof db, Resource<{ query: (text: string) => string }>>(true);
  const query = task({ kind: 'cpu' }, async (text: string, context) => (await context.use(db)).query(text));
  same<Awaited<ReturnType<typeof query>>, string>(true);
  // @ts-expect-error -- no such kind
  void task({ kind: 'disk' }, () => 1);
  // @ts-expect-error -- no such option
  void task({ priority: 1 }, () => 1);
  const moved = transfer(new Uint8Array(4), []);
  same<typeof moved, Uint8Array<ArrayBuffer>>(true);
}

const HEAD = `
  import type { Handles, Supervisor } from '../runtime/index.js';
  type Typed = Handles<typeof import('./fixtures/handlers/typed.js')>;
`;

/** Sources whose errors are looked at one by one, as the compiler would word them were they files beside this one. */
const SOURCES = {
  untyped: `${HEAD} export async function use(supervisor: Supervisor) {
    const handles = await supervisor.load('./images.js');
    const result = await handles['resize']?.({ width: 1 });
    return result.bytes;
  }`,
  optional: `${HEAD} export function use(handles: Typed) {
    return [handles.shout('text'), handles.shout(), handles.shout(undefined, { timeout: 5 })];
  }`,
  wrong: `${HEAD} export function use(handles: Typed) {
    return [handles.length(7), handles.lenght, handles.shout(7)];
  }`,
};

type Name = keyof typeof SOURCES;

let errors: Readonly<Record<Name, string[]>> | undefined;

/** Compiles all sources at the first call. */
function errorsIn(name: Name): string[] {
  errors ??= compile();
  return errors[name];
}

function compile(): Record<Name, string[]> {
  const folder = fileURLToPath(new URL('../../test/', import.meta.url));
  const sources = new Map(
    Object.entries(SOURCES).map(([name, source]) => [`${folder}compiled-in-memory-${name}.ts`, source]),
  );
  const { config } = ts.readConfigFile(`${folder}../tsconfig.base.json`, (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: object };
  };
  const given = { ...config.compilerOptions, composite: false, noEmit: true };
  const { options: parsed } = ts.convertCompilerOptionsFromJson(given, folder);
  const host = ts.createCompilerHost(parsed);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (path, ...rest) => {
    const source = sources.get(path);
    return source === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, source, ts.ScriptTarget.ES2023);
  };
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  const program = ts.createProgram([...sources.keys()], parsed, host);
  const found = [...sources.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
  return Object.fromEntries(Object.keys(SOURCES).map((name, index) => [name, found[index]])) as Record<Name, string[]>;
}

test('the compiler takes any input for a module it was told nothing about', () => {
  assert.deepEqual(errorsIn('untyped'), []);
});

test('the compiler takes an input for a handler whose input is optional, and none as well', () => {
  assert.deepEqual(errorsIn('optional'), []);
});

test('the compiler refuses wrong names and inputs here as well', () => {
  const [input, name, optional] = errorsIn('wrong');
  assert.match(input ?? '', /'number' is not assignable to parameter of type 'string'/);
  assert.match(name ?? '', /Did you mean 'length'/);
  assert.match(optional ?? '', /is not assignable to parameter/);
});
