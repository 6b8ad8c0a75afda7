/** Something that has a size, and a place in a {@link LargestFirst}. Both are changed by nobody but it. */
export interface Sized {
  size: number;
  /** -1 while it is in none. */
  place: number;
}

/** A binary heap that knows where each of its members is, so that one can grow, shrink and leave: the largest is always at hand. */
export class LargestFirst<Member extends Sized> {
  readonly #members: Member[] = [];

  get largest(): Member | undefined {
    return this.#members[0];
  }

  add(member: Member): void {
    this.#put(member, this.#members.length);
    this.#rise(member);
  }

  resize(member: Member, size: number): void {
    const grows = size > member.size;
    member.size = size;
    if (grows) this.#rise(member);
    else this.#sink(member);
  }

  delete(member: Member): void {
    const last = this.#members.pop();
    const { place } = member;
    member.place = -1;
    if (last === undefined || last === member) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #put(member: Member, place: number): void {
    this.#members[place] = member;
    member.place = place;
  }

  #rise(member: Member): void {
    while (member.place > 0) {
      const parent = this.#members[(member.place - 1) >> 1];
      if (parent === undefined || parent.size >= member.size) return;
      this.#swap(parent, member);
    }
  }

  #sink(member: Member): void {
    for (;;) {
      const left = this.#members[2 * member.place + 1];
      const right = this.#members[2 * member.place + 2];
      const child = left !== undefined && right !== undefined && right.size > left.size ? right : left;
      if (child === undefined || child.size <= member.size) return;
      this.#swap(member, child);
    }
  }

  #swap(parent: Member, child: Member): void {
    const { place } = parent;
    this.#put(parent, child.place);
    this.#put(child, place);
  }
}
