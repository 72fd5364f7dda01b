import { asPosition, laterOf } from '#event-store';
import { type ReadLine } from './read-line.js';
import { type Answer } from './send-commands.js';
import { type LineProblem, NUMBER_REUSED, type Settled } from './till-lines.js';

/** `waiting`: for the receipt that it names; `unanswered`: it should be uploaded again. */
export type Result = 'recorded' | 'repeated' | 'waiting' | 'refused' | 'unanswered';

/** What became of a line. */
export interface LineResult {
  readonly line: number;
  /** Of the receipt. */
  readonly number?: string;
  readonly result: Result;
  readonly problem?: LineProblem;
}

/** Comes last: the answer is whole. */
export interface Summary extends Readonly<Record<Result, number>> {
  readonly lines: number;
}

export interface Outcome extends Settled {
  readonly repeated: boolean;
}

const RESULTS = { sent: 'unanswered', waiting: 'waiting', refused: 'refused', recorded: 'recorded' } as const;

/** Of a line with several commands, the first that was not taken says what is wrong. */
export const outcomeOf = (digest: string, answers: readonly (Answer | undefined)[]): Outcome => {
  const refused = answers.find((answer) => answer !== undefined && answer.status !== 200);
  if (refused) return { digest, state: 'refused', problem: problemOf(refused), repeated: false };
  if (answers.includes(undefined)) return { digest, state: 'sent', repeated: false };
  const position = answers.map((answer) => asPosition(Number(answer?.['position'] ?? 0))).reduce(laterOf);
  return { digest, state: 'recorded', position, repeated: answers.every((answer) => answer?.['repeated'] === true) };
};

const problemOf = ({ code, detail, errors }: Answer): LineProblem => ({
  code: code === 'command-id-reused' ? NUMBER_REUSED : String(code),
  ...(typeof detail === 'string' && { detail }),
  ...(errors !== undefined && { errors }),
});

type Became = Pick<Settled, 'state'> & {
  readonly problem?: LineProblem | null | undefined;
  readonly repeated?: boolean;
};

export const resultOf = ({ line, number }: ReadLine, { state, problem, repeated = false }: Became): LineResult => ({
  line,
  number,
  result: repeated && state === 'recorded' ? 'repeated' : RESULTS[state],
  ...(problem && { problem }),
});
