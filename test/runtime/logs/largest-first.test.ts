import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LargestFirst, type Sized } from '../../../runtime/logs/largest-first.js';

type Step = { readonly do: 'add' | 'resize' | 'delete'; readonly which: number; readonly size: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ do: fc.constantFrom('add', 'add', 'resize', 'delete'), which: fc.nat(50), size: fc.nat(20) }),
  { maxLength: 200, size: 'max' },
);

test('the largest member is at hand, whatever grows, shrinks and leaves', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new LargestFirst<Sized>();
      const members: Sized[] = [];
      for (const { do: what, which, size } of all) {
        const at = which % Math.max(1, members.length);
        const member = members[at];
        if (what === 'add') {
          const added = { size, place: -1 };
          members.push(added);
          heap.add(added);
        } else if (member !== undefined && what === 'resize') heap.resize(member, size);
        else if (member !== undefined) {
          members.splice(at, 1);
          heap.delete(member);
          assert.equal(member.place, -1);
        }
        assert.equal(
          heap.largest?.size,
          members.length === 0 ? undefined : Math.max(...members.map((each) => each.size)),
        );
        assert.equal(new Set(members.map((each) => each.place)).size, members.length);
      }
    }),
    { numRuns: 300 },
  );
});
