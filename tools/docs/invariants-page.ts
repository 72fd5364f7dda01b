import { eventDefinitions } from '#registry';
import { Books } from '#verification';
import { capitalized, linkTo, page } from './markdown.ts';
import { type Sources } from './sources.ts';

const INTRO =
  'What is true at every point of the log. `kontor verify` reads the whole log once and checks those of the first section; the tests ' +
  'behind each try to break it.';

/** Those that the log alone cannot show, with the suites that do. */
const BY_TESTS: readonly (readonly [id: string, sentence: string, tests: readonly string[]])[] = [
  ['I12', 'reading the log again sends nothing to the outside', ['process-runner']],
  ['I16', 'a consumer handles each stream in order and without gaps, or parks it', ['foreign-events', 'fan-out']],
  ['I17', 'a key of a channel sees and changes only what belongs to its channel', ['nobody-sees-what-is-not-theirs']],
];

const numberOf = (id: string) => Number(id.slice(1));

/** Each invariant as a sentence, with the tests that are about it. */
export const invariantsPage = (sources: Sources): string => {
  const checkers = new Books(eventDefinitions).checkers.toSorted(
    (a, b) => numberOf(a.invariant) - numberOf(b.invariant),
  );
  return page('Invariants', INTRO, [
    [
      'Checked by kontor verify',
      checkers.map(({ invariant, title }) => {
        const tests = sources.testsThatName(invariant).map((path) => linkTo(path));
        return `- **${invariant}** ${capitalized(title)}.${tests.length > 0 ? ` ${tests.join(' · ')}` : ''}`;
      }),
    ],
    [
      'Shown by tests only',
      BY_TESTS.map(([id, sentence, tests]) => {
        const links = tests.map((name) => linkTo(sources.test(name)));
        return `- **${id}** ${capitalized(sentence)}. ${links.join(' · ')}`;
      }),
    ],
  ]);
};
