import { asPosition, laterOf } from '#event-store';
import { type ParsedLine } from './parse-till-line.js';
import { type CommandAnswer } from './send-commands.js';
import { type LineProblem, NUMBER_REUSED, type TillLineOutcome } from './till-lines.js';

/**
 * `repeated`: recorded by an earlier upload; `waiting`: for the receipt that the document names; `unanswered`: whether it
 * is recorded is not known, so it should be uploaded again.
 */
export type ResultKind = 'recorded' | 'repeated' | 'waiting' | 'refused' | 'unanswered';

/** The answer to one line of an upload. */
export interface LineResult {
  readonly line: number;
  /** Number of the document. */
  readonly number?: string;
  readonly result: ResultKind;
  readonly problem?: LineProblem;
  /** Fields of the document that were not read, because no document has them. */
  readonly ignored?: readonly string[];
}

/** The last line of the answer: the number of lines by their result. Without it the answer is not complete. */
export interface UploadSummary extends Readonly<Record<ResultKind, number>> {
  readonly lines: number;
}

export interface SentLineOutcome extends TillLineOutcome {
  /** Whether Kontor had recorded all commands of the document before. */
  readonly repeated: boolean;
}

const RESULTS = { sent: 'unanswered', waiting: 'waiting', refused: 'refused', recorded: 'recorded' } as const;

/**
 * The outcome of a document with several commands. The first refused command decides.
 * @param answers one for each command; undefined where there was no definite answer
 */
export const outcomeOf = (digest: string, answers: readonly (CommandAnswer | undefined)[]): SentLineOutcome => {
  const refusal = answers.find((answer) => answer !== undefined && answer.status !== 200);
  if (refusal) return { digest, state: 'refused', problem: problemOf(refusal), repeated: false };
  if (answers.includes(undefined)) return { digest, state: 'sent', repeated: false };
  const position = answers.map((answer) => asPosition(Number(answer?.['position'] ?? 0))).reduce(laterOf);
  return { digest, state: 'recorded', position, repeated: answers.every((answer) => answer?.['repeated'] === true) };
};

const problemOf = ({ code, detail, errors }: CommandAnswer): LineProblem => ({
  code: code === 'command-id-reused' ? NUMBER_REUSED : String(code),
  ...(typeof detail === 'string' && { detail }),
  ...(errors !== undefined && { errors }),
});

type LineOutcome = Pick<TillLineOutcome, 'state'> & {
  readonly problem?: LineProblem | null | undefined;
  readonly repeated?: boolean;
};

export const resultOf = (
  { line, number, ignored }: ParsedLine,
  { state, problem, repeated = false }: LineOutcome,
): LineResult => ({
  line,
  number,
  result: repeated && state === 'recorded' ? 'repeated' : RESULTS[state],
  ...(problem && { problem }),
  ...(ignored && { ignored }),
});
