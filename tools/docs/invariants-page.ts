import { type Invariant, invariants } from '#verification';
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
  const checked = Object.values(invariants).toSorted((a, b) => numberOf(a.id) - numberOf(b.id));
  return page('Invariants', INTRO, [
    [
      'Checked by kontor verify',
      checked.map(({ id, name, statement, categories, events }) => {
        const tests = sources.testsThatName(id).map((path) => linkTo(path));
        const lines = [`- **${id} ${name}.** ${statement}`, `  ${eventsText({ categories, events })}`];
        return [...lines, ...(tests.length > 0 ? [`  Tests: ${tests.join(' · ')}`] : [])].join('\n');
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

const eventsText = ({ categories, events }: Pick<Invariant, 'categories' | 'events'>) => {
  if (events.length > 0) return `Events: ${events.map((type) => `\`${type}\``).join(', ')}.`;
  return categories.length > 0 ? `Every event of the streams \`${categories.join('-*`, `')}-*\`.` : 'Every event.';
};
