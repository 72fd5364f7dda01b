import { settingsTable } from '#settings';
import { code, page } from './markdown.ts';

type Row = ReturnType<typeof settingsTable>[number];

const INTRO =
  'Every process is configured by environment variables; `npm start` needs none of them. A process does not start while one is wrong, ' +
  'and names all that are. The default stands behind the name.';

/** A default that is a value is code; one that is a sentence is prose. */
const defaultOf = ({ default: value }: Row) => {
  if (value === undefined) return '';
  return value.includes(' ') ? `(${value})` : `(${code(value)})`;
};

const lineOf = (row: Row) => {
  const { name, formerName, meaning, expected, apps, requiredBy } = row;
  const required = requiredBy.length > 0 ? `; required by ${requiredBy.join(', ')}` : '';
  return [
    `- **${code(name)}** ${defaultOf(row)}`.trimEnd(),
    `  ${meaning} Value: ${expected}.`,
    `  Read by ${apps.join(', ')}${required}.${formerName === undefined ? '' : ` Formerly ${code(formerName)}.`}`,
  ];
};

/** Each environment variable with its default, what it may be and who reads it. */
export const configurationPage = (): string =>
  page('Configuration', INTRO, [['Variables', settingsTable().flatMap(lineOf)]]);
