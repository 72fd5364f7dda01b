import { type Readable } from 'node:stream';
import { type AdapterContext } from '../adapter.js';
import { type CommandLine } from '../kontor-api.js';
import { chunksOf, type Numbered, readLine, type ReadLine } from './read-line.js';
import { type LineResult, outcomeOf, type Outcome, type Result, resultOf, type Summary } from './results.js';
import { sendCommands } from './send-commands.js';
import { type PointOfSaleSettings, type TillSettings } from './settings.js';
import { type TillLines } from './till-lines.js';

interface Sendable {
  readonly digest: string;
  readonly commands: readonly CommandLine[];
}

/** What tills upload, made into facts of Kontor: what names no other receipt at once, the rest as soon as it can be. */
export class Uploads {
  constructor(
    private readonly context: Pick<AdapterContext, 'name' | 'api' | 'clock'>,
    private readonly settings: PointOfSaleSettings,
    private readonly lines: TillLines,
  ) {}

  /** Says of every line what became of it, as soon as it is known, and at last how many there were of each. */
  async *take(body: Readable, till: TillSettings, day: string): AsyncGenerator<LineResult | Summary> {
    const counts: Record<Result, number> = { recorded: 0, repeated: 0, waiting: 0, refused: 0, unanswered: 0 };
    const counted = (results: readonly LineResult[]) => {
      for (const { result } of results) counts[result]++;
      return results;
    };
    const late: ReadLine[] = [];
    for await (const chunk of chunksOf(body)) {
      const { read, results } = this.read(chunk, till);
      yield* counted(results);
      const recorded = await this.record(read, till.id, day);
      late.push(...recorded.late);
      yield* counted(recorded.results);
    }
    await this.settle();
    yield* counted(await this.now(late, till.id));
    yield { lines: Object.values(counts).reduce((all, count) => all + count, 0), ...counts };
  }

  /** Records what waits no longer. */
  async settle(): Promise<void> {
    let worked = true;
    while (worked) {
      worked = false;
      const waiting = await this.lines.waiting(this.context.clock.now() - this.settings.waitMs);
      for (const [till, ofTill] of Map.groupBy(waiting, (one) => one.till)) {
        const answered = (await this.send(ofTill)).filter(({ state }) => state !== 'sent');
        await this.lines.settle(till, answered);
        worked ||= answered.length > 0;
      }
    }
  }

  /** Lines that can be recorded or refused, and the results of those that cannot even be that. */
  private read(chunk: readonly Numbered[], till: TillSettings) {
    const origin = { adapter: this.context.name, till, settings: this.settings };
    const read = new Map<string, ReadLine>();
    const results: LineResult[] = [];
    for (const numbered of chunk) {
      const one = readLine(numbered, origin);
      if (!('row' in one)) results.push({ ...one, result: 'refused' });
      else if (read.has(one.digest)) results.push(resultOf(one, { state: 'recorded', repeated: true }));
      else read.set(one.digest, one);
    }
    return { read: [...read.values()], results };
  }

  private async record(read: readonly ReadLine[], till: string, day: string) {
    const known = await this.lines.known(till, digestsOf(read));
    const [done, fresh] = parted(read, ({ digest }) => known.get(digest)?.state === 'recorded');
    await this.lines.keep(till, day, { rows: fresh.map(({ row }) => row), now: this.context.clock.now() });
    const [late, now] = parted(fresh, ({ row }) => row.state === 'waiting');
    const [sent, broken] = parted(now, ({ row }) => row.state === 'sent');
    const sendable = sent.map(({ digest, facts }) => ({ digest, commands: facts?.commands ?? [] }));
    const outcomes = await this.send(sendable);
    await this.lines.settle(till, outcomes);
    const results = [
      ...done.map((one) => resultOf(one, { state: 'recorded', repeated: true })),
      ...broken.map((one) => resultOf(one, one.row)),
      ...sent.map((one, index) => resultOf(one, outcomes[index] ?? one.row)),
    ];
    return { results, late };
  }

  /** What has become of lines that had to wait for others. */
  private async now(late: readonly ReadLine[], till: string): Promise<readonly LineResult[]> {
    const known = await this.lines.known(till, digestsOf(late));
    return late.map((one) => resultOf(one, known.get(one.digest) ?? one.row));
  }

  private async send(lines: readonly Sendable[]): Promise<readonly Outcome[]> {
    const now = this.context.clock.now();
    const commands = lines.flatMap((line) => line.commands.map((command) => notAhead(command, now)));
    const answers = await sendCommands(this.context, commands);
    let from = 0;
    return lines.map(({ digest, commands: own }) => outcomeOf(digest, answers.slice(from, (from += own.length))));
  }
}

const digestsOf = (lines: readonly ReadLine[]) => lines.map(({ digest }) => digest);

const parted = <One>(all: readonly One[], isFirst: (one: One) => boolean): readonly [One[], One[]] => [
  all.filter(isFirst),
  all.filter((one) => !isFirst(one)),
];

/** A till whose clock is ahead has sold all the same. */
const notAhead = (command: CommandLine, now: number): CommandLine =>
  command.occurredAt !== undefined && Date.parse(command.occurredAt) > now
    ? { ...command, occurredAt: new Date(now).toISOString() }
    : command;
