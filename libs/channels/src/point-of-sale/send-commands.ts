import { type BatchCommand } from '#client';
import { retryDelayMs } from '#kernel';
import { type Clock } from '../clock.js';
import { type ApiResponse, isRetryableStatus, type KontorApi } from '../kontor-api.js';

interface SendOptions {
  readonly api: Pick<KontorApi, 'sendBatch'>;
  readonly clock: Clock;
}

/** The answer to one command of a batch. */
export type CommandAnswer = ApiResponse['body'] & { readonly status: number };

/** Small enough that the API answers a batch before the request times out. */
const BATCH_SIZE = 500;
const MAX_ATTEMPTS = 12;
const RETRY_DELAYS = { firstMs: 200, maxMs: 5_000 };
const NEVER_ABORTED = new AbortController().signal;

const isDefinite = (answer: CommandAnswer | undefined) => answer !== undefined && !isRetryableStatus(answer.status);

/**
 * Sends commands in batches, and sends those without a definite answer again under the same ids.
 * @returns one answer for each command, in their order; undefined where there was none after about a minute
 */
export const sendCommands = async (
  { api, clock }: SendOptions,
  commands: readonly BatchCommand[],
): Promise<readonly (CommandAnswer | undefined)[]> => {
  const answers: (CommandAnswer | undefined)[] = commands.map(() => undefined);
  let open = commands.map((_, index) => index);
  for (let attempt = 0; open.length > 0 && attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await clock.sleep(retryDelayMs(attempt, RETRY_DELAYS), NEVER_ABORTED);
    for (let from = 0; from < open.length; from += BATCH_SIZE) {
      const part = open.slice(from, from + BATCH_SIZE);
      const answered = await api.sendBatch(part.flatMap((index) => commands[index] ?? [])).catch(() => []);
      part.forEach((index, place) => (answers[index] = answered[place] as CommandAnswer | undefined));
    }
    open = open.filter((index) => !isDefinite(answers[index]));
  }
  for (const index of open) answers[index] = undefined;
  return answers;
};
