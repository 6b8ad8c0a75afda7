import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { exitCodes } from '../../cli/exit-codes.js';
import { CLOSE_OPTIONS, ERROR_CODES, OPTIONS, type OptionEntry } from '../../runtime/index.js';
import { FAULT_CODE } from '../../workers/protocol/faults.js';
import { writeLogs } from '../cli/support/logs.js';
import { anchorsOf, codesOf, fencesOf, linksOf, pages, proseOf, readPage, tableOf } from './support/markdown.js';
import { main, root, runNode, startProgram } from './support/run-program.js';

const readme = readPage('README.md');
const commands = readPage('docs/cli.md');
const errors = readPage('docs/errors.md');

/** A script of scripts/, which is plain JavaScript outside every TypeScript project. */
async function script<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, 'scripts', name)).href)) as Exports;
}

const pagesWith = (...languages: string[]) =>
  pages().flatMap((page) =>
    fencesOf(readPage(page))
      .filter(({ language }) => languages.includes(language))
      .map((fence) => ({ page, ...fence })),
  );

test('code on a page is the text of an example that is compiled and run', () => {
  const fences = pagesWith('js', 'ts', 'mjs', 'cjs', 'javascript', 'typescript');
  assert.ok(fences.length >= 4);
  for (const { page, file, text } of fences) {
    assert.ok(file !== undefined, `${page}: this code is no example's:\n${text}`);
    assert.equal(text, readFileSync(join(root, file), 'utf8'), `${page} and ${file} differ`);
  }
});

/** A folder in which the commands of the pages find what they name, with `plustwo` on the path. */
function shopfloor(t: TestContext): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = mkdtempSync(join(tmpdir(), 'plustwo-docs-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const files = {
    'src/a.js': 'export const a = 1;\n',
    'src/b.js': 'export const b = 2;\n',
    'src/vendor/c.js': 'export const c = 3;\n',
    'people.csv': 'name,town\nAda,London\nGrace,New York\n',
    'greet.js': 'export default ({ name, town }) => `Hello ${name} in ${town}`;\n',
    'package.json': '{ "type": "module" }\n',
  };
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(cwd, dirname(file)), { recursive: true });
    writeFileSync(join(cwd, file), content);
  }
  copyFileSync(join(root, 'docs/examples/tasks/hash.js'), join(cwd, 'hash.js'));
  const now = new Date().toISOString();
  const hour = now.slice(0, 13);
  const kept = {
    timestamp: now,
    severity_text: 'ERROR',
    severity_number: 17,
    body: 'ECONNRESET',
    'task.id': 17,
    'task.name': 'resize',
  };
  writeLogs(join(cwd, 'logs'), { [`app/app.${hour}.log`]: [kept], [`incidents/incidents.${hour}.log`]: [kept] });
  mkdirSync(join(cwd, 'bin'));
  symlinkSync(main, join(cwd, 'bin/plustwo'));
  const path = [join(cwd, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { cwd, env: { ...process.env, PATH: path } };
}

function shellLines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

test('every command on a page is one of npm that exists, or runs without a complaint', async (t) => {
  const place = shopfloor(t);
  const lines = pagesWith('sh').flatMap(({ page, text }) => shellLines(text).map((line) => ({ page, line })));
  const ours = lines.filter(({ line }) => !line.startsWith('npm '));
  assert.ok(ours.length >= 8);
  for (const { page, line } of ours) {
    assert.match(line, /plustwo (run|logs) /, `${page}: neither npm nor plustwo: ${line}`);
    const { code, stderr } = await startProgram('sh', ['-c', line], place).ended;
    assert.equal(code, 0, `${page}: ${line}\n${stderr}`);
  }
});

test('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
  const code = pages()
    .map(readPage)
    .flatMap((text) => [...fencesOf(text).map((fence) => fence.text), ...codesOf(proseOf(text))]);
  const named = code.flatMap((text) => [...text.matchAll(/^npm (?:run )?([a-z]+(?::[a-z]+)?)/gm)]);
  const names = new Set(
    named.map(([, name = '']) => name).filter((name) => !['install', 'init', 'ci', 'pack'].includes(name)),
  );
  assert.deepEqual(
    [...names].filter((name) => !(name in scripts)),
    [],
  );
  assert.ok(names.size >= 5);
});

test('the results shown have the fields that results have, in their order', async (t) => {
  const { stdout } = await runNode(main, ['run', './hash.js', 'src/a.js', 'src/missing.js'], shopfloor(t));
  const fields = Object.fromEntries(
    shellLines(stdout).map((line) => {
      const item = JSON.parse(line) as { status: string };
      return [item.status, Object.keys(item)];
    }),
  );
  assert.deepEqual(Object.keys(fields).sort(), ['failed', 'ok']);
  const lines = pagesWith('json').flatMap(({ text }) => shellLines(text));
  assert.ok(lines.length >= 4);
  for (const line of lines) {
    const item = JSON.parse(line) as { status: string };
    assert.deepEqual(Object.keys(item), fields[item.status], line);
  }
});

test('every link within the project leads somewhere', () => {
  const dead = pages().flatMap((page) =>
    linksOf(readPage(page))
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !leads(page, target))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(dead, []);
});

function leads(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(readPage(file)).includes(anchor);
}

test('docs/errors.md has every code once, with its class and its fields', () => {
  const rows = tableOf(errors, 'code').map(([code = '', name = '', , fields = '']) => ({
    code: codesOf(code)[0],
    name: codesOf(name)[0],
    fields: codesOf(fields),
  }));
  const classes = fieldsByClass();
  const expected = Object.entries(ERROR_CODES).map(([code, { name }]) => ({ code, name, fields: classes.get(name) }));
  const byCode = (a: { code: string | undefined }, b: { code: string | undefined }) =>
    (a.code ?? '') < (b.code ?? '') ? -1 : 1;
  assert.deepEqual(rows.sort(byCode), expected.sort(byCode));
});

/**
 * Variables of the environment, which look like codes; that of a warning of the process; and that of injected faults, which are the task's
 * errors, not ours.
 */
const NO_CODES_OF_OURS = ['PLUSTWO_CORPORA', 'PLUSTWO_INSPECT', 'PLUSTWO_SEED', 'PLUSTWO_LOG_FILES', FAULT_CODE];

test('no page names a code that does not exist', () => {
  const named = new Set(pages().flatMap((page) => readPage(page).match(/\bPLUSTWO_[A-Z_]+/g) ?? []));
  assert.deepEqual(
    [...named].filter((code) => !(code in ERROR_CODES || NO_CODES_OF_OURS.includes(code))),
    [],
  );
});

/** What each class in runtime/errors.ts declares, `code` aside: the type does not outlive the compiler. */
function fieldsByClass(): Map<string, string[]> {
  const source = ts.createSourceFile('errors.ts', readPage('runtime/errors.ts'), ts.ScriptTarget.Latest, true);
  const classes = source.statements.filter((statement) => ts.isClassDeclaration(statement));
  const fieldsOf = ({ members }: ts.ClassDeclaration): string[] =>
    members.filter((member) => ts.isPropertyDeclaration(member)).map((member) => member.name.getText());
  return new Map(
    classes.map((declared) => [declared.name?.text ?? '', fieldsOf(declared).filter((name) => name !== 'code')]),
  );
}

test('docs/options.md is what the table of options makes it', async () => {
  const { optionsPage } = await script<{ optionsPage: (options: object, closeOptions: object) => string }>(
    'options-doc.mjs',
  );
  assert.equal(readPage('docs/options.md'), optionsPage(OPTIONS, CLOSE_OPTIONS), 'npm run docs:accept writes it anew');
});

test('docs/options.md names every option in one of its tables, and no other', () => {
  const [first = '', second = ''] = readPage('docs/options.md').split('\n## Closing\n');
  const names = (text: string): (string | undefined)[] =>
    tableOf(text, 'option').map(([name = '']) => codesOf(name)[0]);
  assert.deepEqual(names(first), Object.keys(OPTIONS));
  assert.deepEqual(names(second), Object.keys(CLOSE_OPTIONS));
});

test('the options of a call that README.md lists are options of a call', () => {
  const [, list = ''] = /`handle\(input, \{ ([\w, ]+) \}\)`/.exec(readme) ?? [];
  const table: Record<string, OptionEntry> = OPTIONS;
  const names = list.split(', ');
  assert.ok(names.length > 3);
  assert.deepEqual(
    names.filter((name) => table[name]?.scopes.includes('call') !== true),
    [],
  );
});

test('the events that README.md lists are those there are', () => {
  const [, list = ''] = /^- Events: (.+)\.$/m.exec(readme) ?? [];
  const source = ts.createSourceFile('events.ts', readPage('runtime/observe/events.ts'), ts.ScriptTarget.Latest, true);
  const events = source.statements.find(
    (part) => ts.isInterfaceDeclaration(part) && part.name.text === 'SupervisorEvents',
  );
  const names = (events as ts.InterfaceDeclaration).members.map((member) => member.name?.getText());
  assert.deepEqual(codesOf(list).sort(), names.sort());
});

/** Flags as the help of a command lists them, the long name with the short one. */
async function flagsOfHelp(command = 'run', behind = 'Inputs'): Promise<string[]> {
  const { code, stdout } = await runNode(main, [command, '--help']);
  assert.equal(code, 0);
  const [options = ''] = stdout.split(`\n${behind}\n`);
  return [...options.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].map(([, short, long = '']) =>
    short === undefined ? long : `${short}, ${long}`,
  );
}

test('docs/cli.md has the flags that --help lists, and no other', async () => {
  const flagsOf = (heading: string): string[] =>
    tableOf(commands, heading).map(([flags = '']) =>
      codesOf(flags)
        .map((flag) => flag.split(' ')[0])
        .join(', '),
    );
  assert.deepEqual(flagsOf('flag').sort(), (await flagsOfHelp()).sort());
  assert.deepEqual(flagsOf('option').sort(), (await flagsOfHelp('logs', 'Where')).sort());
});

test('a flag that the options name is one of plustwo run', async () => {
  const flags = await flagsOfHelp();
  const table: Record<string, OptionEntry> = OPTIONS;
  const named = Object.values(table).flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
  assert.deepEqual(
    named.filter((flag) => !flags.includes(flag)),
    [],
  );
});

test('docs/cli.md has every exit code, and no other', () => {
  const documented = tableOf(commands, 'exit code').flatMap(([codes = '']) => codes.split(', ').map(Number));
  const byValue = (a: number, b: number) => a - b;
  assert.deepEqual(documented.sort(byValue), Object.values<number>(exitCodes).sort(byValue));
});

interface BenchDoc {
  newestResult: () => object | undefined;
  benchBlock: (report: string | undefined) => string;
  withBlock: (text: string, block: string) => string;
}

test('figures in README.md come from the newest result of the benchmarks, and read as they do there', async () => {
  const { newestResult, benchBlock, withBlock } = await script<BenchDoc>('bench-doc.mjs');
  const result = newestResult();
  const { renderReport } = (await import(pathToFileURL(join(root, 'dist/benchmarks/harness/report.js')).href)) as {
    renderReport: (of: object) => string;
  };
  const block = benchBlock(result === undefined ? undefined : renderReport(result));
  assert.equal(readme, withBlock(readme, block), 'npm run docs:accept writes it anew');
  const latest = result === undefined ? '' : readPage('benchmarks/results/latest.md');
  const figures = block.match(/\d[\d,.]*/g) ?? [];
  assert.deepEqual(
    figures.filter((figure) => !latest.includes(figure)),
    [],
  );
  assert.ok(result === undefined || figures.length > 0);
});

test('the table of figures keeps work, both figures and their ratio, and says on which machine', async () => {
  const { benchBlock, withBlock } = await script<BenchDoc>('bench-doc.mjs');
  const report = [
    '# Benchmarks',
    '2026-11-21, commit abc, 5 rounds. A processor;\n4 threads for everyone.',
    '| work | ours | peer | ratio | goal | met |\n| --- | --- | --- | --- | --- | --- |\n| calls | 5 | 1 (piscina sync) | 5.000 x | >= 4 x | yes |',
    '## calls\n\ncalls. Numbers.',
  ].join('\n\n');
  const block = benchBlock(report);
  assert.equal(
    block,
    '\n| work | ours | peer | ratio |\n| --- | --- | --- | --- |\n| calls | 5 | 1 (piscina sync) | 5.000 x |\n\n' +
      '2026-11-21, commit abc, 5 rounds. A processor;\n4 threads for everyone.\n',
  );
  const filled = withBlock(readme, block);
  assert.ok(filled.includes(block));
  assert.equal(withBlock(filled, benchBlock(undefined)), withBlock(readme, ''));
  assert.throws(() => withBlock('no markers', block), /README\.md lacks the markers/);
});

test('README.md speaks of the versions and of the command that package.json has', () => {
  const { bin, engines, version } = JSON.parse(readPage('package.json')) as {
    bin: { plustwo: string };
    engines: { node: string };
    version: string;
  };
  assert.ok(proseOf(readme).includes(`\`node ${bin.plustwo}\``));
  assert.ok(proseOf(readme).includes(`\`${engines.node}\``));
  assert.ok(proseOf(readme).includes(`plustwo ${version}`));
});
