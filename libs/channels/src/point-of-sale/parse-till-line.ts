import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { canonicalJson, parseJson, UnreadableJson } from '#kernel';
import { documentId, type DocumentOrigin, translateDocument, type TranslatedDocument } from './document-translation.js';
import { ignoredFields, InvalidDocument, numberOf, parseTillDocument, type TillDocument } from './till-document.js';
import { type LineProblem, type TillLine } from './till-lines.js';

/** A line of an upload. */
export interface NumberedLine {
  /** 1, 2, 3, … as an editor counts, blank lines included. */
  readonly line: number;
  readonly text: string;
}

/** A line that has at least the number of a document. */
export interface ParsedLine extends Pick<TillLine, 'digest' | 'number'> {
  readonly line: number;
  /** Undefined where the document is invalid. */
  readonly document?: TranslatedDocument;
  /** Fields that no document has, such as a misspelled one. */
  readonly ignored?: readonly string[];
  /** The row to store. */
  readonly row: TillLine;
}

/** A line that is not JSON, or that has no number of a document by which it could be stored. */
export interface UnidentifiedLine {
  readonly line: number;
  readonly problem: LineProblem;
}

const CHUNK_SIZE = 500;
/** What a decoder makes of a byte that is not UTF-8. */
const UNREADABLE_BYTE = '\uFFFD';
const INVALID_ROW: Omit<TillLine, 'digest' | 'id' | 'number' | 'problem'> = {
  kind: null,
  at: null,
  state: 'refused',
  sold: 0,
  returned: 0,
  amount: 0,
  moving: 0,
  waitsFor: [],
  commands: null,
};

/** The lines of an upload that are not blank, up to 500 at a time. */
export async function* readLineChunks(body: Readable): AsyncGenerator<readonly NumberedLine[]> {
  let chunk: NumberedLine[] = [];
  let line = 0;
  for await (const text of createInterface({ input: body, crlfDelay: Infinity })) {
    line++;
    if (text.trim() !== '') chunk.push({ line, text: text.trim() });
    if (chunk.length < CHUNK_SIZE) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

export const parseTillLine = ({ line, text }: NumberedLine, origin: DocumentOrigin): ParsedLine | UnidentifiedLine => {
  let json: unknown;
  try {
    if (text.includes(UNREADABLE_BYTE)) throw new UnreadableJson('It is not UTF-8');
    json = parseJson(text);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return { line, problem: { code: 'malformed', detail: error.message } };
  }
  try {
    const parsed = parseTillDocument(json);
    const digest = digestOf(parsed);
    const document = translateDocument(parsed, origin);
    const ignored = ignoredFields(json);
    const row = rowOf(digest, parsed, document);
    return { line, digest, number: parsed.number, document, row, ...(ignored.length > 0 && { ignored }) };
  } catch (error) {
    if (!(error instanceof InvalidDocument)) throw error;
    const problem = { code: 'malformed', detail: error.message };
    const number = numberOf(json);
    if (number === undefined) return { line, problem };
    const digest = digestOf(json);
    const id = documentId(origin.adapter, origin.till.id, { ...(json as object), number });
    return { line, digest, number, row: { ...INVALID_ROW, digest, id, number, problem } };
  }
};

/** Of what the document says, not of how it is written: names in another order, blanks and other offsets of the same instant. */
const digestOf = (document: unknown) => createHash('sha256').update(canonicalJson(document)).digest('hex').slice(0, 32);

const rowOf = (digest: string, { number, kind, at }: TillDocument, document: TranslatedDocument): TillLine => {
  const { commands, ...figures } = document;
  const waits = document.waitsFor.length > 0;
  return {
    ...figures,
    digest,
    number,
    kind,
    at,
    state: waits ? 'waiting' : 'sent',
    commands: waits ? commands : null,
    problem: null,
  };
};
