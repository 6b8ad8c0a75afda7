/**
 * Alarm words: those that say that something went wrong, whatever the level of the line.
 *
 * Not among them is what stands in ordinary sentences as often: retry, not found, unknown, missing, expired, closed,
 * terminated, stopped, skipped, disconnected. Without the words of the first kind something went wrong is missed; with
 * these, lines that come by the hundred would all be kept.
 *
 * Words are whole runs of letters, and a mask keeps those. So whether one of them is in a line is the same for all lines of
 * a kind; only numbers, and what makes a word harmless, have to be looked at in each.
 */

const WORDS = [
  'fail(?:ed|ures?|ing|s)?',
  'time(?:d[ -]?|[ -])?outs?',
  'fatal|critical|severe|emergency|panic(?:ked|king)?|warnings?',
  'crash(?:ed|es|ing)?|abort(?:ed|ing|s)?|kill(?:ed|ing)|deadlock(?:ed|s)?|stuck|hung|unresponsive|broken',
  'refused|denied|reject(?:ed|s)?|forbidden|unauthorized|lost|dropped|corrupt(?:ed|ions?)?|exceed(?:ed|s)|overflow(?:ed|s)?|exhausted',
  "cannot|can['’]t|could(?: not|n['’]t)|unable|invalid|unavailable|unreachable|unhandled|uncaught|unexpected(?:ly)?",
  'oom|out of (?:memory|space)|no space left|too many (?:open|requests)|reset by|segfault|segmentation fault',
  'sig(?:kill|segv|abrt|bus|ill)|econn(?:refused|reset|aborted)|etimedout|ehostunreach|enotfound|epipe|eacces|eperm|e[mn]file|enospc|enoent',
].join('|');

/** `TypeError` and `NullPointerException` are such words as well. */
const WORD = `(?:error|exception)s?(?![a-z0-9])(?<!\\d[a-z]*)|(?<![a-z0-9])(?:${WORDS})(?![a-z0-9])`;

/** Status 400 and above, exit codes other than zero. */
const NUMBER = [
  '\\b(?:status|code)[ _-]?(?:code)?["\']?[ :=]{1,3}["\']?[45]\\d\\d\\b',
  '\\bHTTP/[\\d.]{1,3}"? [45]\\d\\d\\b',
  '\\bexit(?:ed)?(?: with)?[ _]?(?:code|status)?["\']?[ :=]{1,3}[1-9]',
].join('|');

const FAULTS = 'errors?|exceptions?|failures?|warnings?|timeouts?';
const ENDED = 'fail(?:ed|s)?|lost|dropped|rejected|killed|aborted|denied|crashed';
/**
 * What follows a count that is one: the end, a sign, or the next name with its value. That name begins behind a space: could it begin anywhere,
 * it would be looked for behind each digit of a number that nothing of this follows, and a long one take seconds.
 */
const CLOSED = '(?=\\s*(?:$|[,;|/)\\]}(]|(?<=\\s)[\\w-]+[:=]))';
/** The same of a word: `error: undefined, expected a number` goes on after its comma. */
const ENDS = `(?=\\s*(?:$|[;|)\\]}]|,\\s*["']?[\\w-]+["']?\\s*[:=]))`;

/**
 * Where a word says that nothing went wrong, or names a setting. Of `task 0 failed` the 0 is no count, so it is not here. `zeros` are as many as
 * there are, or none: `zero` may be many itself, and a repetition of repetitions is tried in all its ways.
 */
function harmless(zero: string, zeros: string, number: string, flags: string): RegExp {
  const none = `["']?(?:none|null|nil|false|undefined)["']?|\\[\\]|\\{\\}|""|''`;
  const patterns = [
    // no errors, 0 fatal errors, without any warning
    `(?<![\\w.])(?:no|zero|without(?: any| an?)?) (?:[a-z]+ )?(?:${FAULTS})(?![a-z0-9])`,
    `(?<![\\w.])${zero} (?:[a-z]+ )?(?:errors|exceptions|failures|warnings|timeouts)(?![a-z0-9])`,
    // 0 tests failed; 5 passed, 0 failed
    `(?<![\\w.])(?:no|${zero}) [a-z]+s (?:${ENDED})(?![a-z0-9])`,
    `(?<=(?:^|[,;(|]) ?)${zero} (?:${ENDED})(?![a-z0-9])`,
    // errors: 0, failed=0, error rate 0.0%, "error":null, "errors":[]
    `(?<![a-z0-9])(?:${FAULTS}|${ENDED}|critical|fatal|invalid)(?:[_ -]?(?:count|rate|total))?["']?(?:\\s?[:=]\\s?| )` +
      `(?:["']?${zero}(?:\\.${zeros})?%?["']?${CLOSED}|(?:${none})${ENDS})`,
    // timeout: 5000, timeout=30s
    `(?<![a-z0-9])timeout(?:[_ ]?ms)?["']?\\s?[:=]\\s?["']?${number}(?:\\.${number})? ?(?:ms|s|m|h|sec|seconds)?["']?${CLOSED}`,
  ];
  return new RegExp(patterns.join('|'), flags);
}

const HARMLESS = harmless('0', '0*', '\\d+', 'gi');
/** What a mask may hide behind one sign. */
const MASKED = '(?:(?=[a-z]*\\d)[0-9a-z-]+)';
/** The same for any number: true of all lines of a kind, or of none. */
const PLACE_OF_HARMLESS = harmless(MASKED, `${MASKED}?`, MASKED, 'i');

const ANY_WORD = new RegExp(WORD, 'i');
const ANY_NUMBER = new RegExp(NUMBER, 'i');
const ANY = new RegExp(`${WORD}|${NUMBER}`, 'i');
const PLACE_OF_NUMBER = /status|code|exit|http\//i;

/** Whether lines of a kind are alarming: none; by a number that its mask hides; all; all but those whose number is a zero. */
export type Alarm = 'never' | 'by-number' | 'always' | 'unless-harmless';

/** Says it of all lines of a kind by any one of them. */
export function alarmOf(text: string): Alarm {
  if (ANY_WORD.test(text)) return PLACE_OF_HARMLESS.test(text) ? 'unless-harmless' : 'always';
  return PLACE_OF_NUMBER.test(text) ? 'by-number' : 'never';
}

/** Whether a line alarms; quicker where it is known what its kind does. */
export function isAlarming(text: string, alarm: Alarm = 'unless-harmless'): boolean {
  switch (alarm) {
    case 'never':
      return false;
    case 'always':
      return true;
    case 'by-number':
      return ANY_NUMBER.test(text);
    case 'unless-harmless':
      return ANY.test(text) && ANY.test(text.replace(HARMLESS, ' '));
  }
}
