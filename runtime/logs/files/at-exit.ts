const last = new Set<() => void>();

/**
 * Has something synchronous done when the process ends, by `process.exit` or by an error nobody caught as well; the returned function takes
 * it back. One listener does for all, however many there are.
 */
export function atExit(run: () => void): () => void {
  if (last.size === 0) process.on('exit', runAll);
  last.add(run);
  return () => {
    if (last.delete(run) && last.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const run of last) run();
}
