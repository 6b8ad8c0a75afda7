/** What orders the members of a queue. */
export interface Rank {
  /** Who came first, of two that began to wait at the same time. */
  readonly id: number;
  /** Higher first. */
  readonly priority: number;
  /** When it began to wait, by the clock of `take`. */
  readonly queuedAt: number;
}

/** What the queue needs of its members: links it may use, and what orders them. */
export interface Queued extends Rank {
  queuedAt: number;
  /** The list it is in; undefined while it is in none. */
  list: List<this> | undefined;
  next: this | undefined;
  previous: this | undefined;
}

/** One priority's tasks, first come first. Linked through its members, so that any of them leaves in constant time and leaves nothing behind. */
export class List<Member extends Queued> {
  readonly priority: number;
  first: Member | undefined;
  last: Member | undefined;

  constructor(priority: number) {
    this.priority = priority;
  }
}

/** From this wait on a task is overdue: every second one taken is then the longest waiting, whatever its priority. */
export const OVERDUE_MS = 1_000;

/**
 * Higher priority first, first come first served inside a priority, and nobody starves.
 *
 * The guard against starving alternates with the strict order instead of raising priorities with age: however large the gap between two
 * priorities, an overdue task's turn comes after at most one other, and while nothing is overdue the order is strict.
 */
export class PriorityQueue<Member extends Queued> {
  /** Lists by falling priority; there are as many as distinct priorities in use, which are few. */
  readonly #lists: List<Member>[] = [];
  #size = 0;
  #tookOverdue = false;

  get size(): number {
    return this.#size;
  }

  /** Appends behind all of its priority. */
  push(member: Member, now: number): void {
    member.queuedAt = now;
    const list = this.#listOf(member.priority);
    member.list = list;
    member.previous = list.last;
    if (list.last === undefined) list.first = member;
    else list.last.next = member;
    list.last = member;
    this.#size++;
  }

  /**
   * Puts one in where it would stand had it never left: behind those of its priority that have waited longer. It keeps the time since when it
   * has waited. Who comes last or has waited longest, as nearly all do, finds its place at once.
   */
  insert(member: Member): void {
    const list = this.#listOf(member.priority);
    let next = list.last === undefined || isBefore(list.last, member) ? undefined : list.first;
    while (next !== undefined && isBefore(next, member)) next = next.next;
    const previous = next === undefined ? list.last : next.previous;
    member.list = list;
    member.next = next;
    member.previous = previous;
    if (previous === undefined) list.first = member;
    else previous.next = member;
    if (next === undefined) list.last = member;
    else next.previous = member;
    this.#size++;
  }

  /** The one that has waited longest of those of the highest priority. */
  get first(): Member | undefined {
    return this.#lists[0]?.first;
  }

  /** Whether one that is not in it has somebody before it here: of a higher priority, or of its own and waiting longer. */
  hasBefore(member: Rank): boolean {
    const { first } = this;
    if (first === undefined || first.priority < member.priority) return false;
    return first.priority > member.priority || isBefore(first, member);
  }

  /** The one whose turn it is, left in place. */
  peek(now: number): Member | undefined {
    return this.#turn(now)?.first;
  }

  /** Takes the one whose turn it is. */
  take(now: number): Member | undefined {
    const list = this.#turn(now);
    const member = list?.first;
    if (member === undefined) return undefined;
    this.#tookOverdue = !this.#tookOverdue && list !== this.#lists[0];
    this.remove(member);
    return member;
  }

  /** Takes one out, wherever it stands. */
  remove(member: Member): void {
    const list = member.list;
    if (list === undefined) return;
    if (member.previous === undefined) list.first = member.next;
    else member.previous.next = member.next;
    if (member.next === undefined) list.last = member.previous;
    else member.next.previous = member.previous;
    member.list = undefined;
    member.next = undefined;
    member.previous = undefined;
    this.#size--;
    if (list.first === undefined) this.#lists.splice(this.#lists.indexOf(list), 1);
  }

  /** When the longest waiting began to wait; undefined when nobody waits. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { first } of this.#lists) {
      if (first !== undefined && (oldest === undefined || first.queuedAt < oldest)) oldest = first.queuedAt;
    }
    return oldest;
  }

  #turn(now: number): List<Member> | undefined {
    const lists = this.#lists;
    const strict = lists[0];
    if (lists.length <= 1 || this.#tookOverdue) return strict;
    let longest = strict;
    for (const list of lists) {
      if ((list.first?.queuedAt ?? now) < (longest?.first?.queuedAt ?? now)) longest = list;
    }
    return longest?.first !== undefined && now - longest.first.queuedAt >= OVERDUE_MS ? longest : strict;
  }

  #listOf(priority: number): List<Member> {
    const lists = this.#lists;
    let at = 0;
    for (let list = lists[at]; list !== undefined && list.priority >= priority; list = lists[++at]) {
      if (list.priority === priority) return list;
    }
    const list = new List<Member>(priority);
    lists.splice(at, 0, list);
    return list;
  }
}

function isBefore(one: Rank, other: Rank): boolean {
  return one.queuedAt < other.queuedAt || (one.queuedAt === other.queuedAt && one.id < other.id);
}
