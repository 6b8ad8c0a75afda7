import { stripVTControlCharacters } from 'node:util';

/** Adds up what the test runner's summary says, in the words of its spec and its tap reporter. */
export function countTests() {
  const count = {
    passed: 0,
    failed: 0,
    read(line) {
      const summary = /^(?:ℹ|#) (pass|fail|cancelled) (\d+)$/;
      const [, what, number] = summary.exec(stripVTControlCharacters(line)) ?? [];
      if (what === 'pass') count.passed += Number(number);
      else if (what !== undefined) count.failed += Number(number);
    },
  };
  return count;
}
