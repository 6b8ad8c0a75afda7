import type { GateNote } from '../../runtime/logs/gate-note.js';
import { GATE_TERMS, NoiseGate } from '../../runtime/logs/noise-gate.js';
import type { NoiseRule } from '../../runtime/logs/noise-rules.js';
import type { CorpusLine } from './parse.js';

export interface Share {
  readonly kept: number;
  readonly all: number;
}

/** What the gate made of a corpus. */
export interface Cut {
  readonly lines: Share;
  readonly counted: number;
  readonly summaries: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Percent fewer bytes. */
  readonly cut: number;
  readonly errors: Share;
  readonly alarms: Share;
  readonly templates: Share;
}

/** Sends lines through a gate at the times they were written at, asking it whenever it is due. */
export function cutOf(lines: readonly CorpusLine[], rules: readonly NoiseRule[]): Cut {
  const gate = new NoiseGate<CorpusLine>({ ...GATE_TERMS, rules: [...rules, ...GATE_TERMS.rules] });
  const kept: CorpusLine[] = [];
  const notes: GateNote<CorpusLine>[] = [];
  let summaryBytes = 0;
  const take = (said: readonly GateNote<CorpusLine>[], at: number): void => {
    for (const note of said) {
      if (note.type === 'line') kept.push(note.line);
      else summaryBytes += Buffer.byteLength(recordOf(note, at)) + 1;
      notes.push(note);
    }
  };
  for (const line of lines) {
    for (let due = gate.nextDue(); due !== undefined && due <= line.at; due = gate.nextDue()) take(gate.due(due), due);
    if (gate.judge(line, line.at).keep) kept.push(line);
  }
  const end = lines.at(-1)?.at ?? 0;
  take(gate.close(end), end);
  return { ...tally(lines, kept, summaryBytes), ...countsOf(notes) };
}

function countsOf(notes: readonly GateNote<CorpusLine>[]): { counted: number; summaries: number } {
  const suppressed = notes.filter((note) => note.type === 'suppressed');
  return { counted: suppressed.reduce((sum, { count }) => sum + count, 0), summaries: suppressed.length };
}

function tally(lines: readonly CorpusLine[], kept: readonly CorpusLine[], summaryBytes: number) {
  const share = (of: (from: readonly CorpusLine[]) => number): Share => ({ kept: of(kept), all: of(lines) });
  const bytesOf = (from: readonly CorpusLine[]): number => from.reduce((sum, { bytes }) => sum + bytes, 0);
  const bytesIn = bytesOf(lines);
  const bytesOut = bytesOf(kept) + summaryBytes;
  return {
    lines: share((from) => from.length),
    bytesIn,
    bytesOut,
    cut: 100 * (1 - bytesOut / bytesIn),
    errors: share((from) => from.filter(({ level }) => level === 'error').length),
    alarms: share((from) => from.filter(({ alarms }) => alarms).length),
    templates: share((from) => new Set(from.map(({ template }) => template)).size),
  };
}

/** What the gate says, as a record is written; the fields of docs/logs.md. */
function recordOf(note: Exclude<GateNote<CorpusLine>, { type: 'line' }>, at: number): string {
  const head = { timestamp: new Date(at).toISOString(), severity_text: 'INFO', severity_number: 9 };
  const service = { 'service.instance.id': 'abcdefgh' };
  if (note.type === 'silent') return JSON.stringify({ ...head, ...service, ...note, event_name: 'log.rule_silent' });
  if (note.type === 'jump') return JSON.stringify({ ...head, ...service, ...note, event_name: 'log.rule_jump' });
  const { count, rule, kind, taskName, windowMs } = note;
  return JSON.stringify({
    ...head,
    body: `suppressed ${count.toLocaleString('en-US')} lines${rule === undefined ? '' : ` of ${rule}`} in ${String(windowMs / 1_000)} s`,
    event_name: 'log.suppressed',
    ...service,
    'task.name': taskName,
    'suppressed.count': count,
    'suppressed.rule': rule,
    'suppressed.kind': kind,
    'suppressed.window_ms': windowMs,
  });
}
