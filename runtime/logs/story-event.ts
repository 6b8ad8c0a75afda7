import type { LogEvent } from './log-events.js';
import { eventRecord } from './record.js';

/** No incident is called so. In a text JSON would have escaped the quotes, so the first place that looks like this is the field. */
const NOBODYS = '?';
const FIELD = `"incident.id":"${NOBODYS}"`;

/**
 * Something that happened to a task in the middle of its story: an attempt that was not the last ended, the thread died. It is kept as its
 * record: the event would hold an error, and whatever that leads to, for as long as the task waits.
 */
export class StoryEvent {
  readonly #before: string;
  readonly #after: string;

  constructor(event: LogEvent, instance: string) {
    const record = eventRecord(event, instance, NOBODYS);
    const at = record.indexOf(FIELD);
    this.#before = record.slice(0, at);
    this.#after = record.slice(at + FIELD.length);
  }

  /** Of its record. */
  get length(): number {
    return this.#before.length + FIELD.length + this.#after.length;
  }

  /** Its record as it stands in an incident, its newline included. */
  record(incident: string): string {
    return `${this.#before}"incident.id":${JSON.stringify(incident)}${this.#after}`;
  }
}
