// docs/ledger-coverage.md, measured: `node scripts/coverage-matrix.mjs` runs every opener of test/fixtures/openers on the
// Node it is run by and on the newest that `npm run nodes` has installed, and writes what was told of each.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './run.mjs';

const program = 'dist/test/support/coverage-program.js';

const intro = (lines) => `# What the ledger sees

Measured: \`node scripts/coverage-matrix.mjs\` opens things in a thread in every way below, on Node ${lines.join(' and ')}, and writes
down what is told of them. A test measures again and compares.

- **told as**: the \`resource\` of its row; \`-\` where only the kernel shows it.
- **stands as**: how it stands once its task has ended and left it open. \`unattributed\` is a descriptor that native code
  opened, found in the kernel's list.
- **task**, **path**, **line**: whether the task that opened it is named, its path or address, and the line of the
  user's code. What is \`pooled\` is the pool's, and no task is named.
- **closing**: whether nothing is left to be told once its task has closed it; \`-\` where the user's code has no way to.
`;

const head = ['opened by', 'told as', 'stands as', 'task', 'path', 'line', 'closing'];
const yes = (flag) => (flag === null ? '-' : flag ? 'yes' : 'no');

/** What stands behind the title of a row. */
export function cells({ resource, standing, task, path, line, closing }) {
  return [resource ?? '-', standing ?? 'not told', yes(task), yes(path), yes(line), yes(closing)];
}

/** One text for what several lines of Node say. */
function merged(values) {
  const different = new Set(values.map(([, value]) => value));
  return different.size === 1 ? values[0][1] : values.map(([line, value]) => `${line}: ${value}`).join(', ');
}

const missing = (lines) => (lines.length === 0 ? '' : ` (not on Node ${lines.join(' and ')})`);

function rowOf(title, measured) {
  const found = [...measured].map(([line, rows]) => [line, rows.find((row) => row.title === title)]);
  const there = found.filter(([, row]) => row !== undefined).map(([line, row]) => [line, cells(row)]);
  const columns = head.slice(1).map((_, at) => merged(there.map(([line, row]) => [line, row[at]])));
  const absent = found.filter(([, row]) => row === undefined).map(([line]) => line);
  return `| ${[`${title}${missing(absent)}`, ...columns].join(' | ')} |`;
}

/** What was opened, in this order; then by title. */
const order = ['file', 'directory', 'socket', 'server', 'udp', 'process', 'watcher', 'thread', null];

/** The page, from what was measured on each line of Node. */
export function coveragePage(measured) {
  const all = [...measured.values()].flat();
  const sorted = all.sort(
    (a, b) => order.indexOf(a.resource) - order.indexOf(b.resource) || (a.title < b.title ? -1 : 1),
  );
  const titles = [...new Set(sorted.map(({ title }) => title))];
  const rows = titles.map((title) => rowOf(title, measured));
  return [intro([...measured.keys()]), `| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows, ''].join(
    '\n',
  );
}

/** The lines of Node a page speaks of. */
export function lines(page) {
  const [, text = ''] = /on Node ([\d and]+), and writes/.exec(page) ?? [];
  return text.split(' and ').map(Number);
}

/** What a page says of one line of Node, by title; without the rows that this Node does not have. */
export function cellsOn(page, line) {
  const rows = page.split('\n').filter((text) => text.startsWith('| ') && !text.startsWith(`| ${head[0]} |`));
  const cells = new Map();
  for (const row of rows) {
    const [name, ...columns] = row.slice(2, -2).split(' | ');
    const [, title, absent = ''] = /^(.*?)(?: \(not on Node ([\d and]+)\))?$/.exec(name);
    const isThere = !absent.split(' and ').map(Number).includes(line);
    if (isThere)
      cells.set(
        title,
        columns.map((column) => ownValue(column, line)),
      );
  }
  return cells;
}

function ownValue(column, line) {
  const own = column.split(', ').find((part) => part.startsWith(`${line}: `));
  return own === undefined ? column : own.slice(`${line}: `.length);
}

function newest() {
  const folder = join(root, '.nodes');
  const installed = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  const binaries = installed
    .sort((a, b) => b - a)
    .map((line) =>
      join(folder, String(line), 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node'),
    )
    .filter((binary) => existsSync(binary));
  if (binaries.length === 0) throw new Error('no other Node is installed: npm run nodes -- 26');
  return binaries[0];
}

async function measure() {
  const { build } = await import('./build.mjs');
  await build();
  const measured = new Map();
  for (const binary of [process.execPath, newest()]) {
    let version = '';
    let printed = '';
    await run(binary, ['--version'], { onLine: (text) => (version = text) });
    const code = await run(binary, ['--no-warnings', program], { onLine: (text) => (printed = text) });
    if (code !== 0) throw new Error(`measuring on ${version} ended with exit code ${code}`);
    measured.set(Number(/^v(\d+)/.exec(version)?.[1]), JSON.parse(printed));
  }
  writeFileSync(join(root, 'docs/ledger-coverage.md'), coveragePage(measured));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await measure();
