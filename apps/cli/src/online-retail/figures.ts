import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import { customerIdOf } from './customers.js';
import { FIGURE_QUERIES, NOT_IN_READ_MODELS } from './figure-queries.js';

export interface Comparison {
  readonly compared: number;
  readonly differing: readonly { readonly name: string; readonly expected: unknown; readonly actual: unknown }[];
  readonly unanswered: readonly { readonly name: string; readonly why: string }[];
}

type Figures = Readonly<Record<string, unknown>>;
type Expected = Readonly<Record<string, Figures>>;

/** Reads expected figures: month → figures. @throws Error that names the file */
export const readExpected = async (file: string): Promise<Expected> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Expected;
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
};

/**
 * Compares the expected figures of each month with those of the read models.
 * @param databaseBiUrl with the role for analysts, because only schema `bi` is queried
 */
export const compareFigures = async (databaseBiUrl: string, expected: Expected): Promise<Comparison> => {
  const months = Object.keys(expected).filter((name) => name === 'all' || /^\d{4}-\d\d$/.test(name));
  const client = new Client({ connectionString: databaseBiUrl, application_name: 'kontor-figures' });
  await client.connect();
  try {
    const parts: Comparison[] = [];
    for (const month of months) parts.push(compare(month, expected[month] ?? {}, await figuresOf(client, month)));
    return {
      compared: parts.reduce((sum, { compared }) => sum + compared, 0),
      differing: parts.flatMap(({ differing }) => differing),
      unanswered: parts.flatMap(({ unanswered }) => unanswered),
    };
  } finally {
    await client.end();
  }
};

const figuresOf = async (client: Client, month: string): Promise<Figures> => {
  const all: Figures[] = [];
  for (const sql of FIGURE_QUERIES) {
    const { rows } = await client.query<{ figures: Figures }>(`SELECT to_json(f) AS figures FROM (${sql}) AS f`, [
      month,
    ]);
    all.push(...rows.map(({ figures }) => figures));
  }
  return Object.assign({}, ...all) as Figures;
};

/** Compares leaf by leaf: each named part of a figure counts as one; a list counts as one. */
export const compare = (month: string, expected: Figures, found: Figures): Comparison => {
  const isAnswered = (name: string) => name in found && (found[name] !== null || expected[name] === null);
  const answered = Object.keys(expected).filter(isAnswered);
  const actual = { ...found, top5_customers_by_revenue_net: asNumbered(expected, found) };
  const leaves = answered.flatMap((name) => leavesOf(name, expected[name], (actual as Figures)[name]));
  const differing = leaves.filter((leaf) => !isDeepStrictEqual(leaf.expected, leaf.actual));
  const open = Object.keys(expected).filter((name) => !isAnswered(name));
  return {
    compared: leaves.length,
    differing: differing.map((leaf) => ({ ...leaf, name: `${month} ${leaf.name}` })),
    unanswered: open.map((name) => ({
      name: `${month} ${name}`,
      why: NOT_IN_READ_MODELS[name] ?? 'no such figure is known',
    })),
  };
};

const isObject = (value: unknown): value is Figures =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const leavesOf = (name: string, expected: unknown, actual: unknown): Comparison['differing'] => {
  if (!isObject(expected) || !isObject(actual)) return [{ name, expected, actual }];
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].map((key) => ({
    name: `${name}.${key}`,
    expected: expected[key] ?? nothingLike(actual[key]),
    actual: actual[key] ?? nothingLike(expected[key]),
  }));
};

/** The figure of a kind that does not occur, in the form of the figure of one that does. */
const nothingLike = (figure: unknown): unknown => {
  if (Array.isArray(figure)) return figure.map(nothingLike);
  if (typeof figure === 'number') return 0;
  return typeof figure === 'string' ? '0.000' : undefined;
};

type Ranking = readonly (readonly [name: string, value: unknown])[];

/** Replaces customer ids by the numbers in the file, from which the ids derive. */
const asNumbered = (expected: Figures, found: Figures) => {
  const ranking = (figures: Figures) => (figures['top5_customers_by_revenue_net'] ?? []) as Ranking;
  const numbers = new Map(ranking(expected).map(([number]) => [customerIdOf(number.split('.')[0] ?? ''), number]));
  return ranking(found).map(([id, value]) => [numbers.get(id) ?? id, value]);
};
