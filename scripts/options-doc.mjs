// docs/options.md, made from the table in runtime/options.ts.

const places = {
  supervisor: '`new Supervisor({ … })`',
  task: '`task({ … }, handler)` in a task module',
  call: 'a call: `handle(input, { … })`',
  map: '`handle.map(inputs, { … })`',
  close: '`supervisor.close({ … })`',
};

const intro = `# Options

This page is made from the table in \`runtime/options.ts\` (\`npm run docs:accept\`), and a test compares the two.

Every option is checked where it is given. An unknown name, a wrong type, NaN, a number out of range or a unit that does
not exist is refused with \`PLUSTWO_BAD_OPTION\`, whose message says what was expected, what came, and which name was
probably meant: the constructor throws it, a call and \`close()\` reject with it, so does the first step through the
results of \`map()\`, and a \`task({ … })\` with a wrong option makes \`load()\` reject with \`PLUSTWO_LOAD_FAILED\`,
whose \`cause\` it is.

What stands nearer to the call holds: an option of the call over the task's own, the task's own over the supervisor's.

**Durations** are milliseconds as a number, or a number with \`ms\`, \`s\`, \`m\` or \`h\`: \`1500\`, \`'1.5s'\`, \`'30s'\`, \`'5m'\`.
The longest is 24 days, which is what a timer of Node holds.

Columns: *where* it may be given, and the *flag* of \`plustwo run\` that gives the same ([cli.md](cli.md)).
`;

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${cell(text)}\``;

function rowOf([name, { type, doc, default: fallback, scopes, flag }]) {
  const cells = [
    code(name),
    code(type),
    code(fallback),
    scopes.join(', '),
    flag === undefined ? '' : code(flag),
    cell(doc),
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(options) {
  const head = ['| option | type | default | where | flag | meaning |', '|---|---|---|---|---|---|'];
  return [...head, ...Object.entries(options).map(rowOf)].join('\n');
}

/** The page, from the tables `OPTIONS` and `CLOSE_OPTIONS` of the runtime. */
export function optionsPage(options, closeOptions) {
  const where = Object.entries(places).map(([scope, place]) => `- **${scope}**: ${place}`);
  return [
    intro,
    where.join('\n'),
    `\n## Supervisor, tasks and calls\n\n${table(options)}`,
    `\n## Closing\n\n${table(closeOptions)}`,
    '',
  ].join('\n');
}
