import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';
import { type Answer, type Client, type Sending } from './client.js';

export interface RetryOptions extends Sending {
  readonly key: string;
  /** Called after every attempt without a definite answer. */
  readonly onRetry?: (why: string) => void;
  /** Default: 90 s. */
  readonly withinMs?: number;
}

const DELAYS = { firstMs: 50, maxMs: 400 };
/** Longer than the longest `Prefer: wait` that tests send. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Whether the same request may get another answer later. */
const isOpen = ({ status }: Answer) => status === 202 || status === 408 || status === 429 || status >= 500;

/**
 * Sends a command with the same key until it is carried out or refused.
 * @throws Error if that takes too long
 */
export const retryUntilAnswered = async (
  client: Client,
  name: string,
  body: object,
  options: RetryOptions,
): Promise<Answer> => {
  const { onRetry, withinMs = 90_000, ...sending } = options;
  const end = performance.now() + withinMs;
  for (let tries = 1; performance.now() < end; tries++) {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const answer = await client.send(name, body, { ...sending, signal }).catch(String);
    if (typeof answer !== 'string' && !isOpen(answer)) return answer;
    onRetry?.(typeof answer === 'string' ? answer : String(answer.status));
    await pause(retryDelayMs(tries, DELAYS));
  }
  throw new Error(`${name} ${options.key} had no definite answer within ${withinMs} ms`);
};

const REQUEST_RETRIES_MS = 60_000;

/** Repeats a request for up to a minute. @throws Error of the last attempt */
export const retryRequest = async <Answer>(
  ask: () => Promise<Answer>,
  isAnswer: (answer: Answer) => boolean,
): Promise<Answer> => {
  const end = performance.now() + REQUEST_RETRIES_MS;
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
