import { PARTS, type Part } from '../support/processes.js';
import { type Kontor } from '../support/kontor.js';
import { type Random } from '#kernel';
import { until } from '../support/until.js';

const MAX_LULL_MS = 4_000;

interface Chaos {
  readonly kills: number;
  /** Grows with what goes on in between. */
  readonly answers: () => number;
  /** Whom to kill, about equally often. Default: everyone whom every Kontor has. */
  readonly parts?: readonly Part[];
}

/**
 * Kills processes, whatever they are doing, often before the last victim is back. Between two kills some commands get
 * their answer, or none does for a while.
 */
export const killAtRandom = async (
  kontor: Kontor,
  random: Random,
  { kills, answers, parts = PARTS }: Chaos,
): Promise<Readonly<Record<Part, number>>> => {
  const count = { api: 0, worker: 0, 'event-store': 0, postgres: 0, 'payment-simulator': 0, channels: 0 };
  for (const victim of victims(kills, parts, random)) {
    await until(() => kontor.kill(victim), { for: `${victim} to be alive`, everyMs: 5 });
    count[victim]++;
    const [enough, lull] = [answers() + random.between(0, 60), performance.now() + MAX_LULL_MS];
    await until(() => answers() >= enough || performance.now() > lull, { for: 'answers', everyMs: 5 });
  }
  return count;
};

/** Everyone about as often, in any order. */
const victims = (kills: number, parts: readonly Part[], random: Random): readonly Part[] =>
  Array.from({ length: kills }, (_, index) => ({ part: parts[index % parts.length] ?? 'api', at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ part }) => part);
