import type { Finding, Occurrence } from './anomalies.js';
import type { LogEvent } from './log-events.js';
import type { RecordValues } from './record-fields.js';
import { counted, grouped } from './wording.js';

const UNKNOWN = {
  task: undefined,
  taskId: undefined,
  slot: undefined,
  generation: undefined,
  value: undefined,
  threshold: undefined,
  baseline: undefined,
};

/** What is unusual about an event; undefined where nothing is. */
export function occurrenceOf(event: LogEvent): Occurrence | undefined {
  const { at } = event;
  switch (event.event) {
    case 'memory.growth': {
      const { task, slot, generation, bytesPerTask } = event.growth;
      if (bytesPerTask === 0) return undefined;
      const about = task ?? `slot ${slot}`;
      const note = `memory grows with ${about}`;
      return {
        ...UNKNOWN,
        type: 'growth',
        at,
        about,
        note,
        task: task ?? undefined,
        slot,
        generation,
        value: bytesPerTask,
      };
    }
    case 'thread.restarted': {
      const { process, slot, generation, reason, task, taskId } = event.death;
      const about = task ?? (process ? 'child process' : `slot ${slot}`);
      const place = process ? {} : { slot, generation };
      const whose = { task: task ?? undefined, taskId: taskId ?? undefined };
      return { ...UNKNOWN, type: 'restart', at, about, note: `restarted for ${about}: ${reason}`, ...whose, ...place };
    }
    case 'thread.recycled': {
      const { slot, generation, reason, task } = event.recycle;
      const about = task ?? `slot ${slot}`;
      const note = `recycled for the ${reason} of ${about}`;
      return { ...UNKNOWN, type: 'recycle', at, about, note, task: task ?? undefined, slot, generation };
    }
    case 'circuit.changed': {
      const { dependency, state, calls, failures } = event.circuit;
      if (state !== 'open') return undefined;
      const note = `circuit of ${dependency} opened: ${failures} of ${calls} calls failed`;
      return { ...UNKNOWN, type: 'circuit', at, about: dependency, note, value: failures };
    }
    case 'sink.fault':
      return { ...UNKNOWN, type: 'sink', at, about: event.sink, note: `log sink ${event.sink} fails` };
    case 'log.dropped': {
      const { count, slot, generation } = event.dropped;
      const about = slot === undefined ? 'sink' : `slot ${slot}`;
      const note = `${about} dropped ${counted(count, 'line')}`;
      return { ...UNKNOWN, type: 'lines-dropped', at, about, note, slot, generation, value: count };
    }
    case 'log.rule_silent':
    case 'log.rule_jump': {
      const { rule, count, baseline } = event.change;
      const isSilent = event.event === 'log.rule_silent';
      const note = `${rule} ${isSilent ? 'fell silent' : 'jumped'}`;
      return {
        ...UNKNOWN,
        type: isSilent ? 'rule-silent' : 'rule-jump',
        at,
        about: rule,
        note,
        value: count,
        baseline,
      };
    }
    default:
      return undefined;
  }
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
