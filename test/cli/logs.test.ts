import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Fields, failedTask, line, text, time, writeLogs } from './support/logs.js';
import { endOf, plustwo, startPlustwo } from './support/plustwo.js';
import { scratch } from './support/scratch.js';
import { until } from './support/until.js';

const directory = scratch('logs');
const env = { NO_COLOR: '1' };

/** A directory in which `./logs` holds these files. */
function room(name: string, files: Parameters<typeof writeLogs>[1]): string {
  const cwd = join(directory, name);
  mkdirSync(cwd);
  writeLogs(join(cwd, 'logs'), files);
  return cwd;
}

const logs = (cwd: string, ...args: string[]) => plustwo(['logs', ...args], { cwd, env });
const linesOf = (out: string): string[] => out.split('\n').slice(0, -1);

const { app, incidents } = failedTask();
const early = line(-3_000_000, 0, 'an earlier run', { 'service.instance.id': 'aaaaaaaa' });
const other = line(10, 0, 'somebody else', { 'task.id': 170, 'task.name': 'hash' });

const standard = room('standard', {
  'app/app.2026-11-21T08.log.gz': [early],
  'app/app.2026-11-21T09.log': [other, ...app],
  'incidents/incidents.2026-11-21T09.log.gz': incidents,
});

test('a task is told as one story for each run that had it, over both logs, compressed or not', async () => {
  const { code, stdout, stderr } = await logs(standard, '--task', '17');
  assert.deepEqual([code, stderr], [0, '']);
  const [note, , ...rest] = linesOf(stdout);
  assert.match(
    String(note),
    /^2 runs had a task of this id: ids begin anew with each supervisor\. The newest comes last\.$/,
  );
  const stories = rest.join('\n').split('\n\nresize #17  failed\n');
  assert.match(String(stories[0]), /^resize #17\nbegan 2026-11-21T08:10:00\.000Z, run aaaaaaaa/);
  assert.match(String(stories[1]), /^ {5}\+40 ms {2}out {4}cache updated$/m);
  assert.match(String(stories[1]), /^ {2}1,204 lines like cache, in 60 s$/m);
  assert.equal(stdout.match(/reading \/data\/a\.png/g)?.length, 2);
  assert.doesNotMatch(stdout, /somebody else/);
});

test('a time or a name chooses among the stories, which are told whole', async () => {
  const since = await logs(standard, '--task', '17', '--since', '2026-11-21T09:00:02');
  assert.match(since.stdout, /^resize #17 {2}failed\nbegan 2026-11-21T09:00:00\.100Z/);
  const before = await logs(standard, '--task', '17', '--until', '2026-11-21T08:30');
  assert.match(before.stdout, /^resize #17\nbegan 2026-11-21T08:10:00\.000Z(?![\s\S]*resize #17)/);
  assert.equal((await logs(standard, '--task', '17', '--name', 'hash')).code, 1);
});

test('a story that was not over by --since is told from its beginning', async () => {
  const cwd = room('since-story', {
    'app/app.2026-11-21T07.log.gz': [line(-7_000_000, 0, 'long before')],
    'app/app.2026-11-21T09.log': [line(5000, 1, 'still there')],
  });
  const { stdout } = await logs(cwd, '--task', '17', '--since', '2026-11-21T09:00');
  assert.match(stdout, /^resize #17\nbegan 2026-11-21T07:03:20\.000Z[\s\S]* long before\n[\s\S]* still there$/m);
});

test('without a task each record is a line, and each filter takes what it says', async () => {
  const all = await logs(standard);
  assert.deepEqual([all.code, all.stderr], [0, '']);
  // All but the head of the incident, whose failure is told by the task's end.
  assert.equal(linesOf(all.stdout).length, 1 + new Set([...app, ...incidents].map((one) => JSON.stringify(one))).size);
  assert.match(all.stdout, /^2026-11-21T08:10:00\.000Z {2}INFO {3}resize#17 {2}an earlier run\n/);
  const bodies = async (...args: string[]) =>
    linesOf((await logs(standard, ...args)).stdout).map((one) => one.slice(33));
  assert.deepEqual(await bodies('--name', 'hash'), ['hash#170  somebody else']);
  assert.deepEqual(await bodies('--grep', 'somebody'), ['hash#170  somebody else']);
  assert.deepEqual(await bodies('--grep', '/^SOME.*else$/i'), ['hash#170  somebody else']);
  assert.deepEqual(await bodies('--task', '17', '--level', 'error'), [
    'resize#17/2  resize failed: unexpected end of file',
  ]);
  assert.deepEqual(await bodies('--grep', '/^resize failed$/'), ['resize#17  resize failed']);
  assert.deepEqual(await bodies('--until', '2026-11-21T08:59'), ['resize#17  an earlier run']);
  assert.equal((await bodies('--incidents')).length, incidents.length);
});

test('the lines of both logs stand in the order of their time, and nothing is told as two failures', async () => {
  const { stdout } = await logs(standard);
  const times = linesOf(stdout).map((one) => one.slice(0, 24));
  assert.deepEqual(times, [...times].sort());
  assert.match(stdout, /reading [^\n]*\n.* cache updated\n.* cache updated\n.* the part is broken\n/);
  assert.equal(stdout.match(/ERROR/g)?.length, 1);
});

test('--json writes records as they stand in the files', async () => {
  const { code, stdout } = await logs(standard, '--json', '--task', '17', '--level', 'WARN');
  assert.equal(code, 0);
  const wanted = (one: Fields): boolean => Number(one['severity_number']) >= 13;
  const [head, ...told] = incidents.filter(wanted);
  assert.equal(stdout, text([...told, head ?? {}]));
});

test('a directory is given by place or by --log-dir, and may be one of the folders in it', async () => {
  const elsewhere = scratch('logs-elsewhere');
  for (const args of [
    [join(standard, 'logs')],
    ['--log-dir', join(standard, 'logs')],
    [join(standard, 'logs', 'app')],
  ]) {
    const ran = await plustwo(['logs', ...args, '--name', 'hash'], { cwd: elsewhere, env });
    assert.match(ran.stdout, /somebody else\n$/, args.join(' '));
  }
});

test('files that were over before --since are not opened', async () => {
  const cwd = room('since', {
    'app/app.2026-11-20T09.log': 'no record\n',
    'app/app.2026-11-20T10.log.gz': 'no record\n',
    'app/app.2026-11-21T09.log': [other],
  });
  assert.deepEqual((await logs(cwd, '--since', '2026-11-21T09:00')).stderr, '');
  assert.match((await logs(cwd)).stderr, /^plustwo: 1 line of logs\/app\/app\.2026-11-20T09\.log is no record$/m);
});

test('nothing found is an answer, and says where it was looked for', async () => {
  const none = await logs(standard, '--task', '18');
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.equal(none.stderr, 'plustwo: nothing found in 3 files, from 2026-11-21T08 to 2026-11-21T09Z, of ./logs\n');
  const late = await logs(standard, '--since', '2026-11-22');
  assert.equal(late.code, 1);
  assert.match(
    late.stderr,
    /nothing found in the 3 files, which are from 2026-11-21T08 to 2026-11-21T09 and so before --since,/,
  );
  const empty = room('empty', {});
  mkdirSync(join(empty, 'logs', 'app'), { recursive: true });
  const ran = await logs(empty);
  assert.deepEqual(
    [ran.code, ran.stderr],
    [1, 'plustwo: nothing found in the files, of which there are none yet, of ./logs\n'],
  );
});

test('where no logs are is a usage error that says how they come to be', async () => {
  const cwd = room('missing', {});
  const missing = await logs(cwd);
  assert.deepEqual([missing.code, missing.stdout], [2, '']);
  assert.match(
    missing.stderr,
    /^plustwo: There is no directory '\.\/logs'\.\nTo write logs there: plustwo run --log-dir \.\/logs /,
  );
  symlinkSync('logs', join(cwd, 'logs'));
  for (const args of [[], ['--follow']]) {
    const looped = await logs(cwd, ...args);
    assert.equal(looped.code, 2);
    assert.match(looped.stderr, /^plustwo: Cannot read the logs: ELOOP/);
  }
  writeFileSync(join(cwd, 'file'), '');
  assert.match((await logs(cwd, '.')).stderr, /^plustwo: There are no logs in '\.': no app\/, no incidents\//);
});

test('a file is answered with the directory to give instead', async () => {
  const cwd = room('files', { 'app/app.2026-11-21T09.log': app, '../copied/incidents.2026-11-21T09.log': incidents });
  writeFileSync(join(cwd, 'file'), '');
  for (const [file, next] of [
    ['logs/app/app.2026-11-21T09.log', 'plustwo logs logs'],
    ['copied/incidents.2026-11-21T09.log', 'plustwo logs copied'],
    ['file', 'Give the directory that --log-dir of the run was: plustwo logs <directory>'],
  ] as const) {
    for (const args of [[file], ['--follow', '--log-dir', file]]) {
      const ran = await logs(cwd, ...args);
      assert.deepEqual([ran.code, ran.stdout], [2, '']);
      const said = `plustwo: '${file}' is a file, and logs are read from their directory.\n`;
      assert.ok(ran.stderr.startsWith(said) && ran.stderr.endsWith(`${next}\n`), ran.stderr);
    }
  }
});

test('a task may be given as the listing and the story call it', async () => {
  const byId = await logs(standard, '--task', '17', '--level', 'warn');
  for (const given of ['resize#17', 'resize#17/2', 'resize #17']) {
    assert.deepEqual(await logs(standard, '--task', given, '--level', 'warn'), byId, given);
  }
  assert.equal((await logs(standard, '--task', 'resize#17', '--name', 'resize')).code, 0);
  const other = await logs(standard, '--task', 'hash#17');
  assert.deepEqual([other.code, other.stdout], [1, '']);
});

test('wrong values are answered with what was expected and what was given', async () => {
  for (const [args, said] of [
    [['--since', 'soon'], /Expected a duration such as 30s, 15m, 2h or 7d, or a date .*, got 'soon'\.$/m],
    [['--since', '30'], /got '30'\. Did you mean 30s\?$/m],
    [['--until', '2026-02-30'], /got '2026-02-30'\.$/m],
    [['--level', 'wran'], /Expected debug, info, warn, error, got 'wran'\. Did you mean warn\?$/m],
    [
      ['--task', 'resize'],
      /Expected a whole number of at least 0, .* such as resize#17, got 'resize'\. Tasks .* --name resize\.$/m,
    ],
    [['--task', 'resize#17', '--name', 'hash'], /Expected one name, got --task 'resize#17' and --name 'hash'\.$/m],
    [['--name', ''], /Expected the name of a task, got an empty one\.$/m],
    [['--grep', '/(/'], /Expected a text, or \/REGEX\/, got '\/\(\/' \(Invalid regular expression/],
    [['--follow', '--until', '1h'], /--follow has no end, so it does not go with --until\./],
    [['--since', '1h', '--until', '2h'], /--until is before --since\./],
    [['here', '--log-dir', 'there'], /Expected one directory, got 'here' and --log-dir 'there'\./],
    [['--tsak', '17'], /unknown option '--tsak'$[\s\S]*Did you mean --task\?/m],
    [['a', 'b'], /too many arguments/],
  ] as const) {
    const ran = await logs(standard, ...args);
    assert.deepEqual([ran.code, ran.stdout], [2, ''], args.join(' '));
    assert.match(ran.stderr, said);
    assert.match(ran.stderr, /See 'plustwo logs --help'\.$/m);
  }
});

test('a torn last line is told apart from records, and is no error', async () => {
  const cwd = room('torn', { 'app/app.2026-11-21T09.log': [...app, line(5000, 4, 'the last words')] });
  const file = join(cwd, 'logs', 'app', 'app.2026-11-21T09.log');
  truncateSync(file, readFileSync(file).length - 20);
  const said = /^unfinished line at the end of logs\/app\/app\.2026-11-21T09\.log: \{"timestamp".*the last words/m;
  for (const args of [[], ['--task', '17']]) {
    const ran = await logs(cwd, ...args);
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, said);
  }
  const json = await logs(cwd, '--json');
  assert.equal(json.stdout, text(app));
  assert.equal(json.stderr, 'plustwo: the last line of logs/app/app.2026-11-21T09.log is not finished\n');
  assert.equal((await logs(cwd, '--task', '18')).code, 1);
});

test('a file that cannot be read fails the search, and what the others hold is told', async () => {
  const cwd = room('unreadable', { 'app/app.2026-11-21T09.log': [other], 'app/app.2026-11-21T08.log.gz': [early] });
  const file = join(cwd, 'logs', 'app', 'app.2026-11-21T08.log.gz');
  writeFileSync(file, 'not compressed at all');
  const { code, stdout, stderr } = await logs(cwd);
  assert.equal(code, 1);
  assert.match(stdout, /^2026.*somebody else\n$/);
  assert.equal(stderr, 'plustwo: cannot read logs/app/app.2026-11-21T08.log.gz: incorrect header check\n');
});

test('a reader that goes away ends it at once', { timeout: 60_000 }, async () => {
  const many = Array.from({ length: 20_000 }, (_, seq) => line(seq, seq, 'x'.repeat(100)));
  const cwd = room('pipe', { 'app/app.2026-11-21T09.log': many });
  const child = startPlustwo(['logs', '--json'], { cwd, env });
  child.stdout.once('data', () => child.stdout.destroy());
  assert.deepEqual(await endOf(child), { code: 141, signal: null });
});

/** A command that follows, and what it has told so far. */
function following(t: TestContext, cwd: string, ...args: string[]) {
  const child = startPlustwo(['logs', '--follow', ...args], { cwd, env });
  t.after(() => child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = endOf(child);
  return {
    child,
    said,
    ended,
    told: (body: string) => until(() => said.out.includes(`${body}\n`)),
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      return (await ended).code;
    },
  };
}

test('--follow tells the last ten, then what comes, over new hours, until Ctrl-C', { timeout: 60_000 }, async (t) => {
  const cwd = room('follow', {
    'app/app.2026-11-21T08.log.gz': [early],
    'app/app.2026-11-21T09.log': Array.from({ length: 15 }, (_, seq) => line(seq, seq, `line ${seq}`)),
  });
  const file = (hour: string): string => join(cwd, 'logs', 'app', `app.2026-11-21T${hour}.log`);
  const { said, told, end } = following(t, cwd);
  await told('line 14');
  assert.deepEqual(
    linesOf(said.out).map((one) => one.slice(33).replace(/^\S+ +/, '')),
    Array.from({ length: 10 }, (_, index) => `line ${index + 5}`),
  );
  for (let seq = 15; seq < 25; seq++) {
    const whole = text([line(seq, seq, `line ${seq}`)]);
    appendFileSync(file('09'), whole.slice(0, 40));
    appendFileSync(file('09'), whole.slice(40));
    await told(`line ${seq}`);
  }
  writeFileSync(file('10'), text([line(25, 25, 'line 25'), { ...other, timestamp: time(30) }]));
  writeFileSync(`${file('09')}.gz`, gzipSync(readFileSync(file('09'))));
  rmSync(file('09'));
  await told('somebody else');
  truncateSync(file('10'));
  appendFileSync(file('10'), text([line(26, 26, 'line 26')]));
  await told('line 26');
  assert.equal(await end('SIGINT'), 130);
  assert.deepEqual(
    linesOf(said.out).map((one) => one.slice(33).replace(/^\S+ +/, '')),
    [...Array.from({ length: 21 }, (_, index) => `line ${index + 5}`), 'somebody else', 'line 26'],
  );
  assert.equal(said.err, '');
});

test('--follow waits for a directory that is not there yet, with the filters', { timeout: 60_000 }, async (t) => {
  const cwd = room('later', {});
  const { said, told, end } = following(t, cwd, '--name', 'resize', '--json', '--level', 'warn');
  const started = following(t, cwd, '--grep', 'somebody');
  // The second one tells nothing of its own accord; both are there when the first tells the first line.
  writeLogs(join(cwd, 'logs'), { 'app/app.2026-11-21T09.log': [other, ...app.slice(0, 3)] });
  await told(JSON.stringify(app[2]));
  await started.told('somebody else');
  const more = line(9000, 9, 'later on', { level: 'ERROR' });
  writeLogs(join(cwd, 'logs'), { 'incidents/incidents.2026-11-21T09.log': [more, other] });
  await told(JSON.stringify(more));
  appendFileSync(join(cwd, 'logs', 'incidents', 'incidents.2026-11-21T09.log'), 'what?\n');
  const last = line(9001, 10, 'at last', { level: 'ERROR' });
  appendFileSync(join(cwd, 'logs', 'app', 'app.2026-11-21T09.log'), text([last]));
  await told(JSON.stringify(last));
  assert.equal(said.out, text([app[2] ?? {}, more, last]));
  assert.equal(await end('SIGTERM'), 143);
  assert.equal(await started.end('SIGHUP'), 129);
});

test('--follow with a time tells all since then first', { timeout: 60_000 }, async (t) => {
  const { said, told, end } = following(t, standard, '--since', '2026-11-21T08:00');
  await told('somebody else');
  assert.equal(await end('SIGINT'), 130);
  assert.match(said.out, /^2026-11-21T08:10:00\.000Z .* an earlier run\n/);
});

test('--follow ends when its reader has gone away', { timeout: 60_000 }, async (t) => {
  const cwd = room('follow-pipe', { 'app/app.2026-11-21T09.log': [other] });
  const { child, told, ended } = following(t, cwd);
  await told('somebody else');
  child.stdout.destroy();
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  // Only a write finds out, and one may be taken before.
  let seq = 0;
  await until(() => {
    appendFileSync(join(cwd, 'logs', 'app', 'app.2026-11-21T09.log'), text([line(seq, seq++, 'unread')]));
    return isOver;
  });
  assert.deepEqual(await ended, { code: 141, signal: null });
});

test('the help of logs has every flag, the exit codes and examples, in 80 columns', async () => {
  const { code, stdout } = await plustwo(['logs', '--help']);
  assert.equal(code, 0);
  for (const flag of [
    '--log-dir',
    '--task',
    '--name',
    '--level',
    '--since',
    '--until',
    '--grep',
    '--incidents',
    '--follow',
    '--json',
    '-h, --help',
  ]) {
    assert.match(stdout, new RegExp(`^  ${flag}( |$)`, 'm'));
  }
  for (const exit of [0, 1, 2, 70, 141, 130]) assert.match(stdout, new RegExp(`^  ${exit} +\\w`, 'm'));
  assert.match(stdout, /^ {2}\$ plustwo logs /m);
  assert.deepEqual(
    stdout.split('\n').filter((one) => one.length > 80),
    [],
  );
});
