import { type Readable } from 'node:stream';
import { type BatchCommand } from '#client';
import { type AdapterContext } from '../adapter.js';
import { checkCounts } from './check-counts.js';
import {
  type LineResult,
  outcomeOf,
  type ResultKind,
  resultOf,
  type SentLineOutcome,
  type UploadSummary,
} from './line-results.js';
import { type NumberedLine, type ParsedLine, parseTillLine, readLineChunks } from './parse-till-line.js';
import { sendCommands } from './send-commands.js';
import { type PointOfSaleSettings, type TillSettings } from './settings.js';
import { type TillLines } from './till-lines.js';

interface DocumentCommands {
  readonly digest: string;
  readonly commands: readonly BatchCommand[];
}

/**
 * Records the documents that tills upload. A document that names an earlier receipt waits until that is recorded, or
 * until it has waited too long; all others are recorded at once.
 */
export class Uploads {
  constructor(
    private readonly context: Pick<AdapterContext, 'name' | 'api' | 'clock' | 'db'>,
    private readonly settings: PointOfSaleSettings,
    private readonly lines: TillLines,
  ) {}

  /** Yields a result for each line of an upload as soon as it is known, and a summary as the last. */
  async *record(body: Readable, till: TillSettings, day: string): AsyncGenerator<LineResult | UploadSummary> {
    const counts: Record<ResultKind, number> = { recorded: 0, repeated: 0, waiting: 0, refused: 0, unanswered: 0 };
    const counted = (results: readonly LineResult[]) => {
      for (const { result } of results) counts[result]++;
      return results;
    };
    const waiting: ParsedLine[] = [];
    for await (const chunk of readLineChunks(body)) {
      const { parsed, results } = this.parse(chunk, till);
      yield* counted(results);
      const recorded = await this.recordParsed(parsed, till.id, day);
      waiting.push(...recorded.waiting);
      yield* counted(recorded.results);
    }
    await this.sendWaiting();
    yield* counted(await this.currentResults(waiting, till.id));
    yield { lines: Object.values(counts).reduce((all, count) => all + count, 0), ...counts };
  }

  /** Records the documents that need not wait any longer, those included that have waited for one of them. */
  async sendWaiting(): Promise<void> {
    let worked = true;
    while (worked) {
      worked = false;
      const ready = await this.lines.readyToSend(this.context.clock.now() - this.settings.waitMs);
      for (const [till, ofTill] of Map.groupBy(ready, (line) => line.till)) {
        const answered = (await this.send(ofTill)).filter(({ state }) => state !== 'sent');
        await this.lines.storeOutcomes(till, answered);
        worked ||= answered.length > 0;
      }
    }
  }

  /** @returns the lines that can be stored, and the results of those that cannot or that are in the chunk before */
  private parse(chunk: readonly NumberedLine[], till: TillSettings) {
    const origin = { adapter: this.context.name, till, settings: this.settings };
    const parsed = new Map<string, ParsedLine>();
    const results: LineResult[] = [];
    for (const numbered of chunk) {
      const line = parseTillLine(numbered, origin);
      if (!('row' in line)) results.push({ ...line, result: 'refused' });
      else if (parsed.has(line.digest)) results.push(resultOf(line, { state: 'recorded', repeated: true }));
      else parsed.set(line.digest, line);
    }
    return { parsed: [...parsed.values()], results };
  }

  private async recordParsed(parsed: readonly ParsedLine[], till: string, day: string) {
    const known = await this.lines.findOutcomes(till, digestsOf(parsed));
    const [repeated, unrecorded] = partition(parsed, ({ digest }) => known.get(digest)?.state === 'recorded');
    const fresh = await checkCounts(this.context.db, unrecorded);
    await this.lines.store(till, day, { rows: fresh.map(({ row }) => row), now: this.context.clock.now() });
    const [waiting, others] = partition(fresh, ({ row }) => row.state === 'waiting');
    const [valid, invalid] = partition(others, ({ row }) => row.state === 'sent');
    const outcomes = await this.send(
      valid.map(({ digest, document }) => ({ digest, commands: document?.commands ?? [] })),
    );
    await this.lines.storeOutcomes(till, outcomes);
    const results = [
      ...repeated.map((line) => resultOf(line, { state: 'recorded', repeated: true })),
      ...invalid.map((line) => resultOf(line, line.row)),
      ...valid.map((line, index) => resultOf(line, outcomes[index] ?? line.row)),
    ];
    return { results, waiting };
  }

  private async currentResults(lines: readonly ParsedLine[], till: string): Promise<readonly LineResult[]> {
    const known = await this.lines.findOutcomes(till, digestsOf(lines));
    return lines.map((line) => resultOf(line, known.get(line.digest) ?? line.row));
  }

  private async send(documents: readonly DocumentCommands[]): Promise<readonly SentLineOutcome[]> {
    const now = this.context.clock.now();
    const commands = documents.flatMap((document) => document.commands.map((command) => notInFuture(command, now)));
    const answers = await sendCommands(this.context, commands);
    let from = 0;
    return documents.map(({ digest, commands: own }) => outcomeOf(digest, answers.slice(from, (from += own.length))));
  }
}

const digestsOf = (lines: readonly ParsedLine[]) => lines.map(({ digest }) => digest);

/** @returns those for which the condition holds, and the others */
const partition = <Item>(items: readonly Item[], holds: (item: Item) => boolean): readonly [Item[], Item[]] => [
  items.filter(holds),
  items.filter((item) => !holds(item)),
];

/** A sale by a till whose clock is fast is recorded as of now, because Kontor refuses times in the future. */
const notInFuture = (command: BatchCommand, now: number): BatchCommand =>
  command.occurredAt !== undefined && Date.parse(command.occurredAt) > now
    ? { ...command, occurredAt: new Date(now).toISOString() }
    : command;
