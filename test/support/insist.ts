import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';
import { type Answer, type Client, type Sending } from './client.js';

export interface Insisting extends Sending {
  readonly key: string;
  /** Hears of every attempt that had no definite answer. */
  readonly onRetry?: (why: string) => void;
  /** Default: 90 s. */
  readonly withinMs?: number;
}

const DELAYS = { firstMs: 50, maxMs: 400 };
/** Longer than the longest wait asked for. */
const NO_ANSWER_MS = 15_000;

/** May be answered otherwise when it is asked again: the caller knows nothing yet. */
const isOpen = ({ status }: Answer) => status === 202 || status === 408 || status === 429 || status >= 500;

/**
 * What a good client does: sends a command with the same key until it has a definite answer, yes or no.
 * @throws Error when there is none for long
 */
export const insist = async (client: Client, name: string, body: object, insisting: Insisting): Promise<Answer> => {
  const { onRetry, withinMs = 90_000, ...sending } = insisting;
  const end = performance.now() + withinMs;
  for (let tries = 1; performance.now() < end; tries++) {
    const signal = AbortSignal.timeout(NO_ANSWER_MS);
    const answer = await client.send(name, body, { ...sending, signal }).catch(String);
    if (typeof answer !== 'string' && !isOpen(answer)) return answer;
    onRetry?.(typeof answer === 'string' ? answer : String(answer.status));
    await pause(retryDelayMs(tries, DELAYS));
  }
  throw new Error(`${name} ${insisting.key} had no definite answer within ${withinMs} ms`);
};

const PERSISTS_MS = 60_000;

/** The same for any request that may be repeated. @throws whatever the last try threw, and Error when it had no answer */
export const persist = async <Answer>(
  ask: () => Promise<Answer>,
  isAnswer: (answer: Answer) => boolean,
): Promise<Answer> => {
  const end = performance.now() + PERSISTS_MS;
  for (;;) {
    const isOver = performance.now() > end;
    try {
      const answer = await ask();
      if (isAnswer(answer)) return answer;
      if (isOver) throw new Error(`Still no answer but ${JSON.stringify(answer)}`);
    } catch (error) {
      if (isOver) throw error;
    }
    await pause(DELAYS.maxMs);
  }
};
