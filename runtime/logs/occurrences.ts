import type { Finding, Occurrence } from './anomalies.js';
import type { EventOf, LogEvent } from './log-events.js';
import type { RecordValues } from './record-fields.js';
import { counted, grouped } from './wording.js';

/** What is unusual about an event; undefined where nothing is. */
export function occurrenceOf(event: LogEvent): Occurrence | undefined {
  switch (event.event) {
    case 'memory.growth':
      return event.growth.bytesPerTask === 0 ? undefined : ofGrowth(event);
    case 'task.leaked':
      return ofLeak(event);
    case 'thread.restarted':
      return ofRestart(event);
    case 'thread.recycled':
      return ofRecycle(event);
    case 'circuit.changed':
      return event.circuit.state === 'open' ? ofCircuit(event) : undefined;
    case 'sink.fault':
      return { ...UNKNOWN, type: 'sink', at: event.at, about: event.sink, note: `log sink ${event.sink} fails` };
    case 'log.dropped':
      return ofDropped(event);
    case 'log.rule_silent':
      return ofSilent(event);
    case 'log.rule_jump':
      return ofJump(event);
    default:
      return undefined;
  }
}

const UNKNOWN = {
  task: undefined,
  taskId: undefined,
  slot: undefined,
  generation: undefined,
  value: undefined,
  threshold: undefined,
  baseline: undefined,
};

function ofGrowth({ at, growth }: EventOf<'memory.growth'>): Occurrence {
  const { slot, generation, bytesPerTask } = growth;
  const about = growth.task ?? `slot ${slot}`;
  const whose = { task: growth.task ?? undefined, slot, generation };
  return { ...UNKNOWN, type: 'growth', at, about, note: `memory grows with ${about}`, ...whose, value: bytesPerTask };
}

function ofLeak({ at, leak }: EventOf<'task.leaked'>): Occurrence {
  const { task, taskId, resource, openedAt, count } = leak;
  const about = openedAt === null ? task : `${task}, ${openedAt}`;
  return { ...UNKNOWN, type: 'leak', at, about, note: `${task} left a ${resource} open`, task, taskId, value: count };
}

function ofRestart({ at, death }: EventOf<'thread.restarted'>): Occurrence {
  const { process, slot, generation, reason, task, taskId } = death;
  const about = task ?? (process ? 'the child process' : `slot ${slot}`);
  const whose = { task: task ?? undefined, taskId: taskId ?? undefined };
  const where = process ? undefined : { slot, generation };
  return { ...UNKNOWN, type: 'restart', at, about, note: `restarted after ${about}: ${reason}`, ...whose, ...where };
}

function ofRecycle({ at, recycle }: EventOf<'thread.recycled'>): Occurrence {
  const { slot, generation, reason, task } = recycle;
  const about = task ?? `slot ${slot}`;
  const whose = { task: task ?? undefined, slot, generation };
  return { ...UNKNOWN, type: 'recycle', at, about, note: `recycled for its ${reason}: ${about}`, ...whose };
}

function ofCircuit({ at, circuit }: EventOf<'circuit.changed'>): Occurrence {
  const { dependency, calls, failures } = circuit;
  const note = `circuit of ${dependency} opened: ${failures} of ${calls} calls failed`;
  return { ...UNKNOWN, type: 'circuit', at, about: dependency, note, value: failures };
}

function ofDropped({ at, dropped }: EventOf<'log.dropped'>): Occurrence {
  const { count, slot, generation } = dropped;
  const about = slot === undefined ? 'a sink' : `slot ${slot}`;
  const note = `${about} dropped ${counted(count, 'line')}`;
  return { ...UNKNOWN, type: 'lines-dropped', at, about, note, slot, generation, value: count };
}

function ofSilent({ at, note }: EventOf<'log.rule_silent'>): Occurrence {
  const { rule, usual } = note;
  const said = `${rule} fell silent, ${counted(usual, 'line')} a window are usual`;
  return { ...UNKNOWN, type: 'rule-silent', at, about: rule, note: said, value: 0, baseline: usual };
}

function ofJump({ at, note }: EventOf<'log.rule_jump'>): Occurrence {
  const { rule, count, usual } = note;
  const said = `${rule} jumped to ${counted(count, 'line')} in one window, ${grouped(usual)} are usual`;
  return { ...UNKNOWN, type: 'rule-jump', at, about: rule, note: said, value: count, baseline: usual };
}

/** A finding in words. */
export function findingBody(finding: Finding): string {
  const { type, note, value, threshold, baseline, untold } = finding;
  const isMs = type === 'duration' || type === 'wait';
  let body = note;
  if (isMs && value !== undefined && threshold !== undefined && baseline !== undefined) {
    body += `: ${grouped(value)} ms; unusual from ${grouped(threshold)} ms on, the median is ${grouped(baseline)} ms`;
  }
  return untold === 0 ? body : `${body} (${counted(untold, 'other')} since the last that was told)`;
}

/** The fields of a finding. */
export function findingValues(finding: Finding): RecordValues {
  const { type, about, task, taskId, slot, generation, value, threshold, baseline, untold } = finding;
  return {
    'task.id': taskId,
    'task.name': task,
    'thread.slot': slot,
    'thread.generation': generation,
    'anomaly.type': type,
    'anomaly.value': value,
    'anomaly.threshold': threshold,
    'anomaly.baseline': baseline,
    attributes: { about, ...(untold === 0 ? undefined : { untold }) },
  };
}
