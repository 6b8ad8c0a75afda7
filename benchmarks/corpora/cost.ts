import { GATE_TERMS, NoiseGate } from '../../runtime/logs/noise-gate.js';
import type { NoiseRule } from '../../runtime/logs/noise-rules.js';
import { median } from '../harness/median.js';
import type { CorpusLine } from './parse.js';

const WARM_UPS = 20;
const ROUNDS = 15;
const PASSES = 10;

/**
 * Microseconds of CPU per line, of a gate that has compiled: the median of rounds. Each pass is a later day, with the pauses
 * and the bursts that the log has.
 */
export function costOf(lines: readonly CorpusLine[], rules: readonly NoiseRule[]): number {
  const gate = new NoiseGate<CorpusLine>({ ...GATE_TERMS, rules: [...rules, ...GATE_TERMS.rules] });
  let day = 0;
  const pass = (): void => {
    day += 86_400_000;
    for (const line of lines) {
      const now = line.at + day;
      const due = gate.nextDue();
      if (due !== undefined && due <= now) gate.due(now);
      gate.judge(line, now);
    }
  };
  for (let at = 0; at < WARM_UPS; at++) pass();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let at = 0; at < PASSES; at++) pass();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (PASSES * lines.length);
  });
  return median(rounds);
}
