/**
 * Alarm words: those that say that something went wrong, whatever the level of the line.
 *
 * Not among them is what stands in ordinary sentences as often: retry, not found, unknown, missing, expired, closed,
 * terminated, stopped, skipped, disconnected. Without the words of the first kind something went wrong is missed; with
 * these, lines that come by the hundred would all be kept. Only where a line is a sign of life by the rules that are on by
 * default, words alarm that say it is none: `missed`, `down`, `no response`.
 *
 * Words are whole runs of letters, and a mask keeps those. So whether one of them is in a line is the same for all lines of
 * a kind; only numbers, and what makes a word harmless, have to be looked at in each.
 */
import { SIGN_OF_LIFE } from './noise-rules.js';

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

/** `dead` behind a hyphen may be a group of a UUID, which a mask hides. */
const LACKS = 'miss(?:ed|ing)|late|overdue|stale|unhealthy|(?<!-)dead|down|offline|gone|unanswered|degraded|stopped';
const GIVEN =
  'ok(?:ay)?|ready|alive|healthy|live|up|respond(?:ing|ed)?|answer(?:ing|ed)?|received|reachable|available|seen';
/** What a sign of life says when it is none. */
const ABSENT = [
  `${LACKS}|loss|unknown[ _-]host|host unknown|never (?:came|${GIVEN})`,
  `(?:not|(?:did|does|is|was|has|are)n['’]t)[ _-]{0,2}(?:been )?(?:${GIVEN}|known)`,
  'no[ _-](?:responses?|repl(?:y|ies)|answers?|pongs?|pings?|heart[-_ ]?beats?|signals?|signs? of life)',
  `(?:${GIVEN})["']?\\s?[:=]\\s?["']?(?:false|no)`,
].join('|');

/**
 * A method and a path; colours may stand before it, as some print them into files as well. What parts the two is not in paths: else each
 * status behind a long one would have all of it looked through.
 */
const METHOD = `(?:get|head|post|put|patch|delete|options)\\]?[\\s"'|]{1,6}`;
const REQUEST = `(?:^|[^a-z0-9]|\\[[\\d;]{0,8}m)${METHOD}(?:https?:/)?/[^\\s"'|]*["'|]?\\s`;
/** What stands between a request and its status, and what makes of a number a size, a time or a count instead. */
const TO_STATUS = `[-=>→|:("'[\\s]{0,6}(?:\\S?\\[[\\d;]{0,8}m)?(?:(?:responded|answered)(?: with)? )?`;
const NO_STATUS =
  '(?![\\w%]|[.,:]\\d|\\s?(?:[mµn]?s|min|m?sec(?:ond)?s?|[kmg]?i?b|bytes?|items|rows|lines|records)\\b)';

/** Status 400 and above, exit codes other than zero. */
const NUMBER = [
  '(?:status(?<=(?<![a-z0-9])(?:http|res(?:p|ponse)?)?status)|\\bcode)[ _-]?(?:code)?["\']?[ :=]{1,3}["\']?[45]\\d\\d\\b',
  '\\bHTTP(?:/[\\d.]{1,3}"?)? [45]\\d\\d\\b',
  // Looked for by its digits, of which there are fewer than beginnings of methods.
  `[45]\\d\\d${NO_STATUS}(?<=${REQUEST}${TO_STATUS}\\d{3})`,
  '\\bexit(?:ed)?(?: with)?[ _]?(?:code|status)?["\']?[ :=]{1,3}[1-9]',
].join('|');

const FAULTS = 'errors?|exceptions?|failures?|warnings?|timeouts?|loss(?:es)?';
const ENDED = `fail(?:ed|s)?|lost|dropped|rejected|killed|aborted|denied|crashed|${LACKS}`;
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
    // no missed beats, 0.0% packet loss
    '(?<![\\w.])(?:no|zero|without(?: any| an?)?) missed(?![a-z0-9])',
    `(?<![\\w.])${zero}(?:\\.${zeros})? ?% (?:packet )?loss(?![a-z0-9])`,
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
const ANY_ABSENT = new RegExp(`(?<![a-z0-9])(?:${ABSENT})(?![a-z0-9])`, 'i');
const PLACE_OF_NUMBER = new RegExp(`status|code|exit|http[/ ]|${METHOD}(?:/|http)`, 'i');

/** Whether lines of a kind are alarming: none; by a number that its mask hides; all; all but those whose number is a zero. */
export type Alarm = 'never' | 'by-number' | 'always' | 'unless-harmless';

/** Says it of all lines of a kind by any one of them. */
export function alarmOf(text: string): Alarm {
  if (ANY_WORD.test(text) || isAbsent(text, text)) return PLACE_OF_HARMLESS.test(text) ? 'unless-harmless' : 'always';
  return PLACE_OF_NUMBER.test(text) ? 'by-number' : 'never';
}

/**
 * Whether a line alarms; quicker where it is known what its kind does. `about` is where it stands whether it is about a sign of life: for
 * the fields of a line its text.
 */
export function isAlarming(text: string, alarm: Alarm = 'unless-harmless', about = text): boolean {
  switch (alarm) {
    case 'never':
      return false;
    case 'always':
      return true;
    case 'by-number':
      return ANY_NUMBER.test(text);
    case 'unless-harmless':
      return alarms(text, about) && alarms(text.replace(HARMLESS, ' '), about);
  }
}

function alarms(text: string, about: string): boolean {
  return ANY.test(text) || isAbsent(text, about);
}

/** Whether it says of a sign of life that there is none. In one expression, each sign would look through all of the line for such a word. */
function isAbsent(text: string, about: string): boolean {
  return ANY_ABSENT.test(text) && SIGN_OF_LIFE.test(about);
}
