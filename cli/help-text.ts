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
    attempts, waitMs, runMs, cpuMs, slot
  status is ok, failed, cancelled, timed-out or lost. An input has the same key
  in every run: a string of up to 120 characters is its own, others have a hash.
  In values, a BigInt is written as a string, bytes as
  {"type":"bytes","base64":"…"}, a Map as an array of pairs, a Set as an array,
  undefined as null. -o writes the file in place, as results come, so that it
  can be followed. Everything else goes to stderr, also what tasks print.

Stopping
  Ctrl-C or TERM starts nothing new and waits up to 10 s for what runs; a second
  one ends at once.

Exit codes
  0    all ok
  1    an item failed, or inputs or results broke off
  2    wrong usage, globs that match nothing, a module that cannot be loaded
  70   a fault of plustwo itself
  141  the reader of stdout went away
  130  stopped by INT; 143 by TERM; 129 by HUP

Examples
  $ plustwo run ./hash.js 'src/**/*.ts'
  $ plustwo run ./images.js#resize --args '{"width":320}' -o out 'photos/*.jpg'
  $ plustwo run ./fetch.js --kind io --timeout 30s --retries 2 --in urls.txt
  $ find . -name '*.log' -print0 | plustwo run ./count.js --plain -0 --in -
  $ plustwo run ./import.js --in customers.csv --json > done.ndjson
`;
