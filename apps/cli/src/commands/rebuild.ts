import { resolve } from 'node:path';
import { type Configure } from '../commands.js';
import { readModels } from '#registry';
import { openDatabase } from '#database';
import { rebuild, type RebuildProgress, Registry } from '#projections';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { openEventStore } from '../open-event-store.js';
import { print, Progress, table } from '../terminal.js';

interface Options {
  readonly all?: boolean;
  readonly retire?: boolean;
  readonly processes?: boolean;
}

export const rebuildReadModels: Configure = (command, program) => {
  const names = readModels.projections.map(({ name }) => name);
  addExamples(command, 'kontor rebuild order_status', 'kontor --data $(mktemp -d) rebuild --processes');
  command
    .argument('[names...]', names.join(', '))
    .option('--all', 'all read models, in one pass over the log')
    .option('--retire', 'drop the tables that were replaced')
    .option('--processes', 'the states of processes instead; Kontor must be stopped')
    .action(async (wanted: string[], { all, retire, processes }: Options) => {
      if (processes) return rebuildStates(program.opts<GlobalOptions>(), all ?? retire ?? wanted.length > 0);
      assertKnown(wanted, all ?? false, names);
      const options = program.opts<GlobalOptions>();
      await withKontor(options, async (connection) => {
        const { databaseUrl, eventStoreUrl } = needsRun(connection);
        const result = await run(databaseUrl, eventStoreUrl, all ? names : wanted, retire ?? false);
        print(options.json ?? false, result, () => linesOf(result));
      });
    });
};

/** @throws Error */
const assertKnown = (wanted: readonly string[], all: boolean, names: readonly string[]) => {
  if (!all && wanted.length === 0) throw new Error(`Name a read model, or give --all: ${names.join(', ')}`);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no read model ${unknown}: ${names.join(', ')}`);
};

const rebuildStates = async ({ data, json = false }: GlobalOptions, hasOthers: boolean) => {
  if (hasOthers) throw new Error('Give --processes alone');
  const { rebuildProcessStates, processLines } = await import('./rebuild-processes.js'); // loads the processes
  const result = await rebuildProcessStates(resolve(data));
  print(json, result, () => processLines(result));
};

const run = async (databaseUrl: string, eventStoreUrl: string, names: readonly string[], retire: boolean) => {
  const db = await openDatabase({ url: databaseUrl, role: 'owner' });
  const store = await openEventStore(eventStoreUrl);
  try {
    const registry = new Registry(db, readModels);
    const progress = new Progress('Rebuilding', 'events');
    let last: RebuildProgress | undefined;
    const onProgress = (now: RebuildProgress) => {
      last = now;
      progress.update(now.events);
    };
    const rebuilt = await rebuild(registry, store, { names, onProgress });
    progress.end();
    if (retire) for (const { name } of rebuilt) await registry.retire(name);
    return { events: last?.events ?? 0, eventsPerSecond: last?.eventsPerSecond ?? 0, rebuilt };
  } finally {
    await store.close();
    await db.destroy();
  }
};

/** A table of another version cannot be compared: it has other columns. */
const comparison = (now: string | undefined, before: string | undefined) => {
  if (now === undefined || before === undefined) return 'cannot be compared';
  return now === before ? 'yes' : 'NO: the live one was wrong';
};

const linesOf = ({ events, eventsPerSecond, rebuilt }: Awaited<ReturnType<typeof run>>) => [
  ...table(
    ['read model', 'rows', 'same as before'],
    rebuilt.map(({ name, rows, digest, replaced }) => [name, String(rows), comparison(digest, replaced?.digest)]),
  ),
  `${events} events, ${Math.round(eventsPerSecond)} events/s`,
];
