/** The second death is a task's last, whatever attempts it has left. */
export const MOST_DEATHS = 2;

/** A death with several tasks running: nobody knows which of them did it. It is charged once, to the first of them that dies alone. */
export interface GroupDeath {
  charged: boolean;
}

/** What is held against one task that was running when its thread, or its process, died. */
export class Blame {
  /** Deaths it is charged with. */
  deaths = 0;
  /** Attempts that ended through somebody else's doing, or nobody knows whose. They are not counted. */
  cutShort = 0;
  #group: GroupDeath | undefined;

  /** Whether it has to run alone from now on. */
  get isSuspect(): boolean {
    return this.deaths > 0 || this.#group !== undefined;
  }

  /** It was one of several that were running. */
  suspect(group: GroupDeath): void {
    this.#group = group;
    this.cutShort++;
  }

  /**
   * It ended its thread, and nobody else did. If it is a suspect of a death that nobody has been charged with, that one is its own as well.
   * Answers how many attempts it is charged with, this one included.
   */
  charge(): number {
    const attempts = this.#group?.charged === false ? 2 : 1;
    if (this.#group !== undefined) this.#group.charged = true;
    this.#group = undefined;
    this.cutShort -= attempts - 1;
    this.deaths += attempts;
    return attempts;
  }

  /**
   * It has run alone and ended without a death. Who is left of the group is not charged for being the last: a thread can also die of what no
   * task of the group did.
   */
  acquit(): void {
    this.#group = undefined;
  }
}
