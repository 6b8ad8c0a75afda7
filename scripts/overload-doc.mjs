// The tables of docs/overload.md, made from the kept run of the benches at full length.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const path = join(root, 'benchmarks/results/overload.json');

/** The run that is kept; undefined while there is none. */
export function overloadResult() {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** What stands between the markers: offered load against what becomes of it, lanes, and the machine; nothing without a result. */
export function overloadBlock(result) {
  if (result === undefined) return '';
  const loads = result.benches.filter(({ name }) => name.startsWith('overload-'));
  const lanes = result.benches.filter(({ name }) => name.startsWith('lanes-'));
  return `\n${[loadTable(loads), laneTable(lanes), machineLine(result)].join('\n\n')}\n`;
}

function loadTable(benches) {
  const head = [
    '| offered | who | goodput | p50 ms | p99 ms | refused | refusal p99 ms | RSS growth MB |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const rows = benches.flatMap(({ name, summary }) =>
    Object.entries(summary).map(([who, summed]) => {
      const of = (metric, digits) => summed[metric].toFixed(digits);
      const refused = `${(100 * summed.refused).toFixed(0)} %`;
      const figures = [of('goodput', 2), of('p50Ms', 0), of('p99Ms', 0), refused, of('refusalMs', 2), of('rssMb', 0)];
      return `| ${name.slice('overload-'.length).replace('x', ' x')} | ${who} | ${figures.join(' | ')} |`;
    }),
  );
  return [...head, ...rows].join('\n');
}

function laneTable(benches) {
  const head = ['| trouble | wait p99 in the other lane | the same load from outside | ratio |', '|---|---|---|---|'];
  const rows = benches.map(({ name, summary: { plustwo } }) => {
    const of = (metric, digits) => plustwo[metric].toFixed(digits);
    const trouble = name.slice('lanes-'.length).replace('-', ' ');
    return `| ${trouble} | ${of('insideMs', 2)} ms | ${of('outsideMs', 2)} ms | ${of('ratio', 2)} |`;
  });
  return [...head, ...rows].join('\n');
}

function machineLine({ date, commit, machine, threads }) {
  const { cpu, cores, memoryGb, kernel, node, versions } = machine;
  const parts = [cpu, `${cores} cores`, `${memoryGb} GB`, kernel, `Node ${node}`, `piscina ${versions.piscina}`];
  return `${date.slice(0, 10)}, commit ${commit.short}. ${parts.join(', ')}; ${threads} threads.`;
}
