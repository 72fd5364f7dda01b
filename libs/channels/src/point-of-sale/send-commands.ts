import { retryDelayMs } from '#kernel';
import { type Clock } from '../clock.js';
import { type ApiAnswer, type CommandLine, type KontorApi } from '../kontor-api.js';

interface Sender {
  readonly api: Pick<KontorApi, 'batch'>;
  readonly clock: Clock;
}

export type Answer = ApiAnswer['body'] & { readonly status: number };

/** Together: each batch is answered before the API's time is over. */
const BATCH = 500;
const TRIES = 12;
const DELAYS = { firstMs: 200, maxMs: 5_000 };
const NEVER = new AbortController().signal;

const isDefinite = (answer: Answer | undefined) =>
  answer !== undefined && answer.status !== 408 && answer.status !== 429 && answer.status < 500;

/**
 * Sends commands until each has a definite answer, under the same ids.
 * @returns in their order; undefined for one that has none after about a minute
 */
export const sendCommands = async (
  { api, clock }: Sender,
  commands: readonly CommandLine[],
): Promise<readonly (Answer | undefined)[]> => {
  const answers: (Answer | undefined)[] = commands.map(() => undefined);
  let open = commands.map((_, index) => index);
  for (let tries = 0; open.length > 0 && tries < TRIES; tries++) {
    if (tries > 0) await clock.sleep(retryDelayMs(tries, DELAYS), NEVER);
    for (let from = 0; from < open.length; from += BATCH) {
      const part = open.slice(from, from + BATCH);
      const told = await api.batch(part.flatMap((index) => commands[index] ?? [])).catch(() => []);
      part.forEach((index, place) => (answers[index] = told[place] as Answer | undefined));
    }
    open = open.filter((index) => !isDefinite(answers[index]));
  }
  for (const index of open) answers[index] = undefined;
  return answers;
};
