/** What follows the options in `plustwo run --help`. At most 80 columns wide. */
export const runHelp = `
Inputs
  A glob in quotes is expanded here: files only, sorted, relative to the working
  directory. A file that several globs match is one input, '!pattern' takes
  files away, and a glob that matches nothing is an error. Any other argument is
  passed on as it is written, whether a file of that name exists or not.
  --in reads lines, NDJSON, CSV (an object per row, named by the header line) or
  JSON (the elements of an array). The file's name tells which, or else its
  beginning. All but JSON, which is read whole, are read as they are needed.

Results
  One JSON object per item on stdout:
    index, key, input, status, value or error,
    attempts, waitMs, runMs, cpuMs, slot, heapDeltaBytes, descriptors
  status is ok, failed, cancelled, timed-out or lost. An input has the same key
  in every run: a string of up to 120 characters is its own, others have a hash.
  In values, a BigInt is written as a string, bytes as
  {"type":"bytes","base64":"…"}, a Map as an array of pairs, a Set as an array,
  undefined as null. -o writes the file in place, as results come, so that it
  can be followed. Everything else goes to stderr, also what tasks print.

Failures
  Items run in threads of a child process, so that a crash of native code costs
  that one. Another takes over. The items that were running run again, one at a
  time, to find the one that did it; at its second death that one is lost, told
  with the signal or exit code and the last its process printed.

Dependencies
  --dependency billing=10 names something that many items call and that may be
  down; at most ten use it at once. Items use it as a whole (--uses billing) or
  for one call (ctx.call). When too many calls fail it is left alone for some
  seconds, then tried with one. Items wait meanwhile, or with --when-open reject
  fail at once. Retries are a share of the calls at most: --retry-budget.

Config file
  The nearest plustwo.config.json, .mjs, .js or .cjs, .plustworc(.json), or key
  "plustwo" of package.json, from the working directory upwards. It holds the
  options of a Supervisor and, under "run", concurrency, timeout, retries,
  keepOrder, whenOpen, leaks and logDir. Flags win; --rerun and --no-keep-order
  take back what it says.

Leaks
  What tasks leave open is told at the end, with the task and the line. The line
  may be missing where a task leaks for the first time after many clean items;
  --leaks notes every one, at some microseconds an opening. --leaks fail exits
  with 1 as well.

Stopping
  Ctrl-C or TERM starts nothing new and waits up to 10 s for what runs; a second
  one ends at once.

Exit codes
  0    all ok
  1    an item failed, or inputs or results broke off, or --leaks fail found any
  2    wrong usage or config file, globs that match nothing, a module that
       cannot be loaded
  70   a fault of plustwo itself
  141  the reader of stdout went away
  130  stopped by INT; 143 by TERM; 129 by HUP

Examples
  $ plustwo run ./hash.js 'src/**/*.ts'
  $ plustwo run ./images.js#resize --args '{"width":320}' -o out 'photos/*.jpg'
  $ plustwo run ./fetch.js --kind io --timeout 30s --retries 2 --in urls.txt
  $ find . -name '*.log' -print0 | plustwo run ./count.js --plain -0 --in -
  $ plustwo run ./import.js --in customers.csv --json > done.ndjson
  $ plustwo run ./bill.js --kind io --dependency billing=10 --uses billing \\
      --retries 2 --in accounts.csv
`;

/** What follows the options in `plustwo inspect --help`. At most 80 columns wide. */
export const inspectHelp = `
What is shown
  On a terminal the table stands at the bottom while the command writes above
  it. At the end, and where stderr is no terminal, a table tells what each
  supervisor had open when it had done its work; if that is nothing, what was
  open when most was. Stdin, stdout and stderr are the command's own.

  leaked    a file or directory that its task left open
  retained  anything else that outlives its task: sockets, servers, watchers
  open      its task runs, or it belongs to a module or a resource
  pooled    kept for the next one on purpose, such as an idle keep-alive socket
  unattributed  a descriptor that native code opened, or the host itself

Exit codes
  The command's own; 128 and the signal's number when a signal ended it. 2 for
  wrong usage, or when the command cannot be started. Signals are passed on.

Examples
  $ plustwo inspect -- node server.js
  $ plustwo inspect --interval 200ms -- plustwo run ./hash.js 'src/**/*.ts'
  $ plustwo inspect --json -o readings.ndjson -- npm test
`;

/** What follows the options in `plustwo logs --help`. At most 80 columns wide. */
export const logsHelp = `
Where
  In app/ and incidents/ below the directory, or in such a folder itself; files
  of the current hour and those that are compressed. Those that were over before
  --since are not opened. Records stand in the order of their time, and one that
  is in both logs is told once.

What
  --task takes an id, or what a listing calls the task, such as resize#17, and
  tells its story: how long it waited, its attempts with their lines, what was
  left out meanwhile, how it ended and what it cost. Ids begin anew with each
  supervisor, so there may be several. With --level, --grep, --follow or --json
  it chooses records like the other flags.
  --grep looks at texts, errors with their stacks, and attributes; /…/i takes
  upper and lower case alike. All times are UTC. A date may have a time, with a
  zone or without: 2026-11-21, 2026-11-21T09:15, 2026-11-21T09:15:30+01:00.

Following
  Goes on over new files, also in folders that do not exist yet, until Ctrl-C.

Exit codes
  0    something was found
  1    nothing was found, or a file could not be read
  2    wrong usage, or no logs there
  70   a fault of plustwo itself
  141  the reader of stdout went away
  130  stopped by INT, as --follow always is; 143 by TERM; 129 by HUP

Examples
  $ plustwo logs --task 17
  $ plustwo logs --level warn --since 15m --follow
  $ plustwo logs ./logs/incidents --since 7d --name resize
  $ plustwo logs --grep '/ECONN(RESET|REFUSED)/' --json | jq .body
`;
