/** With an argument of their own, and what becomes of a script, which the host has another of. */
const SCRIPTS = new Set(['-e', '--eval', '-p', '-pe', '--print']);

/** What concerns the one process alone: its script, its debugger's port, its own way of running tests and of watching files. */
const OWN =
  /^(?:--inspect|--debug|--test|--watch|--check$|-c$|--interactive$|-i$|--input-type|--build-snapshot|--snapshot-blob|--run$)/;

/** Options that stand apart from their value: what follows goes with them. */
const APART = new Set([
  '--inspect-port',
  '--debug-port',
  '--watch-path',
  '--test-name-pattern',
  '--test-reporter',
  '--test-reporter-destination',
  '--test-concurrency',
  '--test-timeout',
  '--test-shard',
  '--input-type',
  '--snapshot-blob',
]);

/**
 * Node options of a host: those of this process, as its threads would have them, but for what only one process can have. V8's own
 * limits (`--max-old-space-size`, `--stack-size`) and preloaded modules (`--require`, `--import`) go along: threads take them over from their process.
 *
 * @param execArgv - of this process
 */
export function hostArguments(execArgv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < execArgv.length; at++) {
    const argument = execArgv[at] ?? '';
    if (SCRIPTS.has(argument) || APART.has(argument)) at++;
    else if (!OWN.test(argument) && !/^--(?:eval|print)=/.test(argument)) kept.push(argument);
  }
  return kept;
}
