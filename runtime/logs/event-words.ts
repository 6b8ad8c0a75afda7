import type { LogLevel } from '../../workers/protocol/messages.js';
import { exceptionValues, roundMs } from './ended-task.js';
import type { Dropped, EventOf, LogEvent, SinkTrouble } from './log-events.js';
import { findingBody, findingValues } from './occurrences.js';
import type { RecordValues } from './record-fields.js';
import { SEVERITIES, timeText } from './record-text.js';
import { counted, grouped, seconds } from './wording.js';

/** What an event says: how serious it is, in words, and its fields. */
type Said = readonly [level: LogLevel, body: string, values: RecordValues];

/** An event in words, and how serious it is. */
export function eventWords(event: LogEvent): { readonly level: LogLevel; readonly text: string } {
  const [level, text] = say(event);
  return { level, text };
}

/** The fields of an event, without the supervisor's own. */
export function eventValues(event: LogEvent): RecordValues {
  const [level, body, values] = say(event);
  return {
    ...values,
    timestamp: timeText(event.at),
    severity_text: SEVERITIES[level].text,
    severity_number: SEVERITIES[level].number,
    body,
    event_name: event.event,
  };
}

function say(event: LogEvent): Said {
  switch (event.event) {
    case 'supervisor.started':
      return ['info', `${event.name} started: ${counted(event.threads, 'thread')}`, { 'process.pid': event.pid }];
    case 'supervisor.closed':
      return ['info', `${event.name} closed`, { 'process.pid': event.pid }];
    case 'task.retried':
      return sayRetried(event);
    case 'task.leaked':
      return sayLeaked(event);
    case 'thread.restarted':
      return sayRestarted(event);
    case 'thread.recycled':
      return sayRecycled(event);
    case 'memory.growth':
      return sayGrowth(event);
    case 'circuit.changed':
      return sayCircuit(event);
    case 'log.suppressed':
      return saySuppressed(event);
    case 'log.dropped':
      return ['warn', `dropped ${counted(event.dropped.count, 'line')} for want of room`, droppedValues(event.dropped)];
    case 'log.summary':
      return saySummary(event);
    case 'log.rule_silent':
      return saySilent(event);
    case 'log.rule_jump':
      return sayJump(event);
    case 'anomaly':
      return ['warn', findingBody(event.finding), findingValues(event.finding)];
    case 'sink.fault':
      return saySinkFault(event);
    case 'sink.recovered':
      return sayRecovered(event);
  }
}

function sayRetried({ retried }: EventOf<'task.retried'>): Said {
  const { task, taskId, trace, attempt, outcome, afterMs, error } = retried;
  const wait = roundMs(afterMs);
  const values: RecordValues = {
    trace_id: trace?.traceId,
    span_id: trace?.spanId,
    'task.id': taskId,
    'task.name': task,
    'task.attempt': attempt,
    ...exceptionValues(error),
    attributes: { outcome, afterMs: wait },
  };
  return ['warn', `${task} ${outcome} in attempt ${attempt}: another one in ${wait} ms`, values];
}

function sayRestarted({ death, error }: EventOf<'thread.restarted'>): Said {
  const { process, slot, generation, reason, task, taskId } = death;
  const who = task === null ? '' : `, while running ${task}`;
  const values: RecordValues = {
    'task.id': taskId ?? undefined,
    'task.name': task ?? undefined,
    'thread.slot': process ? undefined : slot,
    'thread.generation': process ? undefined : generation,
    ...(error === undefined ? undefined : exceptionValues(error)),
    attributes: { reason, process },
  };
  return ['warn', `${process ? 'the child process' : `the thread of slot ${slot}`} died: ${reason}${who}`, values];
}

function sayRecycled({ recycle }: EventOf<'thread.recycled'>): Said {
  const { slot, generation, reason, task, helped } = recycle;
  const what = helped === false ? 'recycling did not help' : 'thread recycled';
  const values: RecordValues = {
    'task.name': task ?? undefined,
    'thread.slot': slot,
    'thread.generation': generation,
    attributes: { reason, ...recycle.figures, overlap: recycle.overlap, helped },
  };
  return [helped === false ? 'warn' : 'info', `${what}: slot ${slot}, for its ${reason}`, values];
}

/** Paths are not in the body: those of a task that leaves another file open each time would make each of them a kind of its own. */
function sayLeaked({ leak }: EventOf<'task.leaked'>): Said {
  const { task, taskId, resource, descriptor, path, openedAt, count } = leak;
  const where = openedAt === null ? '' : `, opened at ${openedAt}`;
  const attributes = { resource, descriptor, path, openedAt, count };
  return ['warn', `${task} left a ${resource} open${where}`, { 'task.id': taskId, 'task.name': task, attributes }];
}

function sayGrowth({ growth }: EventOf<'memory.growth'>): Said {
  const { slot, generation, where, task, bytesPerTask, retainedBytes, tasks } = growth;
  const isOver = bytesPerTask === 0;
  const who = task === null ? 'its tasks' : `task ${task}`;
  const what = isOver ? 'grows no more' : `grows with ${who}: ${grouped(Math.round(bytesPerTask))} bytes each`;
  const values: RecordValues = {
    'task.name': task ?? undefined,
    'thread.slot': slot,
    'thread.generation': generation,
    attributes: { where, bytesPerTask, retainedBytes, tasks },
  };
  return [isOver ? 'info' : 'warn', `memory of slot ${slot} ${what}`, values];
}

function sayCircuit({ circuit }: EventOf<'circuit.changed'>): Said {
  const { dependency, state, calls, failures } = circuit;
  const body = `circuit of ${dependency} is ${state}: ${failures} of ${calls} calls failed`;
  return [state === 'open' ? 'warn' : 'info', body, { attributes: { ...circuit } }];
}

function saySuppressed({ note }: EventOf<'log.suppressed'>): Said {
  const { level, count, rule, kind, taskName, windowMs } = note;
  const body = `suppressed ${counted(count, 'line')}${rule === undefined ? '' : ` of ${rule}`} in ${seconds(windowMs)}`;
  const values: RecordValues = {
    'task.name': taskName,
    'suppressed.count': count,
    'suppressed.rule': rule,
    'suppressed.kind': kind,
    'suppressed.window_ms': Math.round(windowMs),
  };
  return [level, body, values];
}

function saySummary({ summary }: EventOf<'log.summary'>): Said {
  const { windowMs, ...figures } = summary;
  const { bytesIn, bytesOut, linesSuppressed } = figures;
  const cutPercent = bytesIn === 0 ? 0 : Math.round(1_000 * (1 - bytesOut / bytesIn)) / 10;
  const body = `${grouped(bytesIn)} bytes in, ${grouped(bytesOut)} out: ${Math.abs(cutPercent)} % ${cutPercent < 0 ? 'more' : 'less'}; ${counted(linesSuppressed, 'line')} suppressed`;
  const values = { 'suppressed.window_ms': Math.round(windowMs), attributes: { ...figures, cutPercent } };
  return ['info', body, values];
}

function saySilent({ note }: EventOf<'log.rule_silent'>): Said {
  const { rule, windows, usual } = note;
  const body = `${rule} fell silent: no line in ${counted(windows, 'window')}, ${grouped(usual)} in each are usual`;
  return ['warn', body, { 'log.rule': rule, attributes: { windows, usual } }];
}

function sayJump({ note }: EventOf<'log.rule_jump'>): Said {
  const { rule, count, usual } = note;
  const body = `${rule} jumped: ${counted(count, 'line')} in one window, ${grouped(usual)} are usual`;
  return ['warn', body, { 'log.rule': rule, attributes: { count, usual } }];
}

function saySinkFault({ sink, notice }: EventOf<'sink.fault'>): Said {
  const { kind, ...attributes } = notice;
  return ['error', `log sink ${sink}: ${troubleText(notice)}`, { attributes: { sink, trouble: kind, ...attributes } }];
}

function troubleText(notice: SinkTrouble): string {
  switch (notice.kind) {
    case 'fault':
      return `${notice.code}, ${counted(notice.held, 'line')} held, ${grouped(notice.dropped)} dropped`;
    case 'lost':
      return `closed while it could not be written, ${counted(notice.dropped, 'line')} lost`;
    case 'shared':
      return `${notice.path} was removed, and another process writes to it now as well`;
    case 'kept':
      return `could not ${notice.wanted} ${notice.path}: ${notice.code}`;
  }
}

function sayRecovered({ sink, dropped }: EventOf<'sink.recovered'>): Said {
  const isWhole = dropped === 0;
  const loss = isWhole ? 'nothing was lost' : `dropped ${counted(dropped, 'line')}`;
  const values = isWhole ? {} : { 'dropped.count': dropped };
  return [isWhole ? 'info' : 'warn', `log sink ${sink} works again: ${loss}`, { ...values, attributes: { sink } }];
}

function droppedValues({ count, bytes, slot, generation }: Dropped): RecordValues {
  return { 'dropped.count': count, 'dropped.bytes': bytes, 'thread.slot': slot, 'thread.generation': generation };
}
