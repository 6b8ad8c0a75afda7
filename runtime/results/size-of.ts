/** A walk looks at so many objects; what is beyond is taken to be like what it has seen. */
const MOST_OBJECTS = 200;
/** Of a list, a map, a set or an object it looks at so many members. */
const MOST_MEMBERS = 32;

/** What a number, a boolean or a reference takes, */
const WORD = 8;
/** and what an object or a text takes beside what it holds. */
const HEAD = 16;
/** An error has a stack as well. It is not looked at: reading one makes a text of it in the first place, which costs more than it tells. */
const STACK = 1_024;

/**
 * About how many bytes a value that came from a thread takes in memory: 8 for a number, its length for a text, and for a buffer its own
 * length, once however many views it has. Beyond 32 members of one object and 200 objects in all it is an estimate. What is shared with
 * others is not the value's own.
 */
export function sizeOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Math.ceil(new Walk().sizeOf(value)) : sizeOfLeaf(value);
}

function sizeOfLeaf(value: unknown): number {
  if (typeof value === 'string') return HEAD + value.length;
  if (typeof value === 'bigint') return HEAD + Math.ceil(value.toString(16).length / 2);
  return WORD;
}

/** One walk through one value. What it meets twice it counts once: so it has travelled. */
class Walk {
  readonly #seen = new Set<object>();

  sizeOf(value: unknown): number {
    if (typeof value !== 'object' || value === null) return sizeOfLeaf(value);
    if (this.#seen.has(value) || this.#isTired) return WORD;
    this.#seen.add(value);
    return HEAD + this.#sizeInside(value);
  }

  get #isTired(): boolean {
    return this.#seen.size >= MOST_OBJECTS;
  }

  #sizeInside(value: object): number {
    if (Array.isArray(value)) return this.#sizeOfMembers(value.length, (at) => (value as unknown[])[at]);
    if (ArrayBuffer.isView(value)) return this.sizeOf(value.buffer);
    if (value instanceof ArrayBuffer) return value.byteLength;
    if (value instanceof Map) return this.#sizeOfList(first(value.keys()), value.size) + this.#sizeOfValues(value);
    if (value instanceof Set) return this.#sizeOfValues(value);
    const keys = Object.keys(value);
    const own = this.#sizeOfMembers(keys.length, (at) => (value as Record<string, unknown>)[keys[at] ?? '']);
    return value instanceof Error ? own + this.#sizeOfError(value) : own;
  }

  /** Members evenly spread over all of them, as many as there is strength for, stand for the rest. */
  #sizeOfMembers(count: number, member: (at: number) => unknown, all = count): number {
    const step = Math.max(1, count / MOST_MEMBERS);
    let sum = 0;
    let looked = 0;
    for (let at = 0; at < count && (looked === 0 || !this.#isTired); at += step) {
      sum += this.sizeOf(member(Math.floor(at)));
      looked++;
    }
    return looked === 0 ? 0 : (sum / looked) * all;
  }

  #sizeOfList(list: readonly unknown[], all: number): number {
    return this.#sizeOfMembers(list.length, (at) => list[at], all);
  }

  #sizeOfValues(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): number {
    return this.#sizeOfList(first(value.values()), value.size);
  }

  #sizeOfError(error: Error): number {
    const errors = error instanceof AggregateError ? this.sizeOf(error.errors) : 0;
    return STACK + this.sizeOf(error.message) + this.sizeOf(error.cause) + errors;
  }
}

function first(members: Iterable<unknown>): unknown[] {
  const list: unknown[] = [];
  for (const member of members) {
    list.push(member);
    if (list.length === MOST_MEMBERS) break;
  }
  return list;
}
