import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { documentId, type Facts, factsOf, type Origin } from './facts.js';
import { BadLine, documentOf, numberOf, type TillDocument } from './receipt.js';
import { type LineProblem, type TillLine } from './till-lines.js';

export interface Numbered {
  /** 1, 2, 3… as an editor counts. */
  readonly line: number;
  readonly text: string;
}

export interface ReadLine extends Pick<TillLine, 'digest' | 'number'> {
  readonly line: number;
  /** None: the line is broken. */
  readonly facts?: Facts;
  readonly row: TillLine;
}

/** Of a line that does not even have a number. */
export interface NoLine {
  readonly line: number;
  readonly problem: LineProblem;
}

const CHUNK = 500;
const BROKEN: Omit<TillLine, 'digest' | 'id' | 'number' | 'problem'> = {
  ...{ kind: null, at: null, waitsFor: [], commands: null, sold: 0, returned: 0, amount: 0, moving: 0 },
  state: 'refused',
};

/** Lines that are not blank, many at a time. */
export async function* chunksOf(body: Readable): AsyncGenerator<readonly Numbered[]> {
  let chunk: Numbered[] = [];
  let line = 0;
  for await (const text of createInterface({ input: body, crlfDelay: Infinity })) {
    line++;
    if (text.trim() !== '') chunk.push({ line, text: text.trim() });
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

export const readLine = ({ line, text }: Numbered, origin: Origin): ReadLine | NoLine => {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { line, problem: { code: 'malformed', detail: 'The line is not JSON' } };
  }
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  try {
    const document = documentOf(given);
    const facts = factsOf(document, origin);
    return { line, digest, number: document.number, facts, row: rowOf(digest, document, facts) };
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    const problem = { code: 'malformed', detail: error.message };
    const number = numberOf(given);
    if (number === undefined) return { line, problem };
    const id = documentId(origin.adapter, origin.till.id, { ...(given as object), number });
    return { line, digest, number, row: { ...BROKEN, digest, id, number, problem } };
  }
};

const rowOf = (digest: string, { number, kind, at }: TillDocument, facts: Facts): TillLine => {
  const { id, sold, returned, amount, moving, waitsFor, commands } = facts;
  return {
    ...{ digest, id, number, kind, at, sold, returned, amount, moving, waitsFor, problem: null },
    ...(waitsFor.length > 0 ? { state: 'waiting', commands } : { state: 'sent', commands: null }),
  };
};
