import { PARTS, type Part } from '../support/processes.js';
import { type Kontor } from '../support/kontor.js';
import { type Random } from '#kernel';
import { until } from '../support/until.js';

const MAX_WAIT_MS = 4_000;

interface KillOptions {
  readonly kills: number;
  /** The number of answers so far. */
  readonly answers: () => number;
  /** The processes to kill, about equally often. Default: those of every Kontor. */
  readonly parts?: readonly Part[];
}

/**
 * Kills processes at random, often before the last victim has restarted. Between two kills it waits for some answers, or
 * for a few seconds.
 */
export const killAtRandom = async (
  kontor: Kontor,
  random: Random,
  { kills, answers, parts = PARTS }: KillOptions,
): Promise<Readonly<Record<Part, number>>> => {
  const count = { api: 0, worker: 0, 'event-store': 0, postgres: 0, 'payment-simulator': 0, channels: 0 };
  for (const victim of victims(kills, parts, random)) {
    await until(() => kontor.kill(victim), { for: `${victim} to be alive`, everyMs: 5 });
    count[victim]++;
    const [enough, latest] = [answers() + random.between(0, 60), performance.now() + MAX_WAIT_MS];
    await until(() => answers() >= enough || performance.now() > latest, { for: 'answers', everyMs: 5 });
  }
  return count;
};

/** Each part about equally often, in random order. */
const victims = (kills: number, parts: readonly Part[], random: Random): readonly Part[] =>
  Array.from({ length: kills }, (_, index) => ({ part: parts[index % parts.length] ?? 'api', at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ part }) => part);
