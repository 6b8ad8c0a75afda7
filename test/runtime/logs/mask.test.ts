import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MASK_REACH, Mask, textOfMask } from '../../../runtime/logs/mask.js';
import { copyOf } from '../../support/copy-of.js';

function masked(text: string): string {
  const mask = new Mask();
  mask.read(text, 1);
  return textOfMask(copyOf(mask));
}

/** The same by regular expressions, which are slow and easy to read. */
function maskedByPattern(text: string): string {
  return text
    .slice(0, MASK_REACH)
    .replace(
      /(?<![\da-z])(?=[a-f]*\d)[\da-f]{8}(?:-(?:[\da-f]{12}|[\da-f]{4})(?![\da-z]))+/gi,
      (uuid) => `${uuid.slice(0, 7)}0`,
    )
    .replace(/[\da-z]+/gi, (token) => {
      if (!/\d/.test(token)) return token;
      if (/^[\da-f]{6,}$/i.test(token) || /^0x/.test(token)) return '#';
      const changes = token.match(/\d(?=\D)|\D(?=\d)/g)?.length ?? 0;
      return token.length >= 8 && changes >= 3 ? '#' : token.replace(/\d+/g, '#');
    });
}

test('masks numbers, and nothing of words', () => {
  const cases = {
    '': '',
    'no digits at all, déjà vu': 'no digits at all, déjà vu',
    'took 12.5 ms, 1,234 of 99%': 'took #.# ms, #,# of #%',
    '/var/lib/job_1445144423722_0020/part-00001.gz': '/var/lib/job_#_#/part-#.gz',
    '10.190.173.170:9000 -5 +3': '#.#.#.#:# -# +#',
    'worker7 x86_64 utf8mb4 1e5': 'worker# x#_# utf#mb# #e#',
    '2026-11-21T21:03:00.123Z': '#-#-#T#:#:#.#Z',
  };
  for (const [text, mask] of Object.entries(cases)) assert.equal(masked(text), mask);
});

test('masks what identifies a single thing as a whole', () => {
  const cases = {
    'instance b9000564-fe1a-409b-b8cc-1e88b294cd1d ended': 'instance # ended',
    'a0000000-dead-beef-cafe-abcdefabcdef': '#',
    'base/a489c868f0c37da93b76227c91bb03908ac0e742': 'base/#',
    'commit 1a2b3c at 0x7ffe or 0XYZ': 'commit # at # or #XYZ',
    'ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV': 'ulid #',
    'a decade of facade': 'a decade of facade',
    '12345678-face or 12345678-faces': '# or #-faces',
  };
  for (const [text, mask] of Object.entries(cases)) assert.equal(masked(text), mask);
});

test('is what the same rules by regular expressions give, for any text', () => {
  const token = fc.stringMatching(/^[0-9a-fg-hxzA-FZ]{0,14}$/);
  const between = fc.constantFrom(' ', '-', '_', '.', '/', '#', '', 'é', '漢', '\0', '🙂');
  const text = fc.array(fc.oneof(token, between, fc.uuid(), fc.string())).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (line) => {
      fc.pre(Buffer.byteLength(line) <= MASK_REACH);
      assert.equal(masked(line), maskedByPattern(line));
    }),
    { numRuns: 2_000 },
  );
});

test('equal masks have the same hash and are equal, others are not', () => {
  const text = fc.stringMatching(/^[a-c 12\0é]{0,6}$/);
  const mask = new Mask();
  fc.assert(
    fc.property(text, text, (one, other) => {
      const hash = mask.read(one, 7);
      const kept = copyOf(mask);
      const isSame = masked(one) === masked(other);
      const otherHash = mask.read(other, 7);
      assert.equal(mask.equals(kept), isSame);
      if (isSame) assert.equal(otherHash, hash);
    }),
    { numRuns: 5_000 },
  );
});

test('what a longer line left behind does not show', () => {
  const mask = new Mask();
  for (const text of ['a long line about nothing', 'short', '', 'x', 'abc', 'a long line']) {
    mask.read(text, 1);
    assert.equal(textOfMask(copyOf(mask)), text);
  }
});

test('reads a line up to its reach, and tells a whole one from one that goes on', () => {
  const whole = 'x'.repeat(MASK_REACH);
  assert.equal(masked(`${whole}y`), whole);
  const mask = new Mask();
  mask.read(whole, 1);
  const kept = copyOf(mask);
  mask.read(`${whole}y`, 1);
  assert.equal(mask.equals(kept), false);
});

test('hashes of a hundred thousand masks hardly ever coincide', () => {
  const mask = new Mask();
  const hashes = new Set<number>();
  const letters = 'ghijklmnop';
  for (let at = 0; at < 100_000; at++)
    hashes.add(mask.read(`kind ${[...String(at)].map((digit) => letters[Number(digit)]).join('')} of line`, 1));
  // By chance five in a hundred thousand of thirty bits do.
  assert.ok(hashes.size > 99_900, `${100_000 - hashes.size} coincide`);
});
