/** What a backlog looks at of a task. */
interface Indexed {
  /** Its place in its `map`. */
  readonly index: number;
}

/** Tasks of one `map` that are held back, by index. They come in that order but for a few that were taken back from a lane. */
export class Backlog<Member extends Indexed> {
  #members = new Set<Member>();
  #last = -1;
  #inOrder = true;

  get size(): number {
    return this.#members.size;
  }

  /** The one with the lowest index. */
  get first(): Member | undefined {
    if (!this.#inOrder) {
      this.#members = new Set([...this.#members].sort((a, b) => a.index - b.index));
      this.#inOrder = true;
    }
    const [first] = this.#members;
    return first;
  }

  add(member: Member): void {
    if (this.#members.size === 0) {
      this.#inOrder = true;
      this.#last = -1;
    }
    this.#inOrder &&= member.index > this.#last;
    this.#last = Math.max(this.#last, member.index);
    this.#members.add(member);
  }

  delete(member: Member): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }
}
