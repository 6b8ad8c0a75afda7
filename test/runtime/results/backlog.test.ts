import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Backlog } from '../../../runtime/results/backlog.js';

test('has the lowest index in front, whatever the order in which they came and went', () => {
  const act = fc.oneof(fc.nat(50), fc.constantFrom('take' as const, 'delete' as const));
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const backlog = new Backlog<{ readonly index: number }>();
      const model: { readonly index: number }[] = [];
      for (const each of acts) {
        if (typeof each === 'number') {
          const member = { index: each };
          if (model.some(({ index }) => index === each)) continue;
          backlog.add(member);
          model.push(member);
          continue;
        }
        model.sort((a, b) => a.index - b.index);
        const member = each === 'take' ? model.shift() : model.pop();
        if (each === 'take') assert.equal(backlog.first, member);
        if (member !== undefined) assert.equal(backlog.delete(member), true);
      }
      assert.equal(backlog.size, model.length);
      model.sort((a, b) => a.index - b.index);
      assert.equal(backlog.first, model[0]);
      backlog.clear();
      assert.equal(backlog.first, undefined);
    }),
  );
});
