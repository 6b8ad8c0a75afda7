import type { Commit, Machine } from '../harness/machine.js';
import type { Cut, Share } from './cut.js';

export interface CorpusResult {
  readonly corpus: string;
  /** Whether the rules named for the corpus were there, beside the default ones. */
  readonly rules: 'default' | 'named';
  /** Percent; undefined where nothing is asked. */
  readonly goal: number | undefined;
  readonly cut: Cut;
  readonly usPerLine: number;
}

/** A whole run, as it is written to a file. */
export interface CorporaResult {
  readonly v: 1;
  readonly date: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly results: readonly CorpusResult[];
  /** The goals that were missed, in words. */
  readonly wrongs: readonly string[];
}

/** What is not as it has to be: the size where there is a goal, everything else always. */
export function wrongsOf({ corpus, rules, goal, cut }: CorpusResult): string[] {
  const where = `${corpus}, ${rules} rules`;
  const wrongs: string[] = [];
  if (goal !== undefined && cut.cut < goal)
    wrongs.push(`${where}: ${percent(cut.cut)} fewer bytes, not ${String(goal)} %`);
  for (const what of ['errors', 'alarms', 'templates'] as const) {
    const { kept, all } = cut[what];
    if (kept !== all) wrongs.push(`${where}: ${told(cut[what])} ${what} kept`);
  }
  if (!isConserved(cut))
    wrongs.push(
      `${where}: ${String(cut.lines.kept)} kept and ${String(cut.counted)} counted of ${String(cut.lines.all)} lines`,
    );
  return wrongs;
}

/** The run as a page of Markdown. */
export function renderCorpora({ date, commit, machine, results, wrongs }: CorporaResult): string {
  const run = `${date.slice(0, 10)}, commit ${commit.short}${commit.dirty ? ' with changes' : ''}, Node ${machine.node}`;
  const header = ['corpus', 'rules', 'lines', 'kept', 'summaries', 'fewer bytes', 'goal'];
  const more = ['errors', 'alarms', 'templates', 'kept + counted', 'µs per line'];
  const rows = results.map(({ corpus, rules, goal, cut, usPerLine }) => [
    corpus,
    rules,
    String(cut.lines.all),
    String(cut.lines.kept),
    String(cut.summaries),
    percent(cut.cut),
    goal === undefined ? '' : `${String(goal)} %`,
    told(cut.errors),
    told(cut.alarms),
    told(cut.templates),
    isConserved(cut) ? 'all' : 'not all',
    usPerLine.toFixed(2),
  ]);
  return [
    '# Corpora',
    `${run}.`,
    wrongs.length === 0 ? 'Every goal is reached.' : wrongs.map((wrong) => `* ${wrong}`).join('\n'),
    table([...header, ...more], rows),
    '',
  ].join('\n\n');
}

function isConserved({ lines, counted }: Cut): boolean {
  return lines.kept + counted === lines.all;
}

function told({ kept, all }: Share): string {
  return `${String(kept)} of ${String(all)}`;
}

function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
