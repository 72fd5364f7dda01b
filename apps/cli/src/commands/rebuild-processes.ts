import { migrate, openDatabase } from '#database';
import { type ProcessRebuild, rebuildProcesses } from '#process-manager';
import { processes, routes } from '#processes';
import { streamTypes } from '#registry';
import { openEventStore } from '../open-event-store.js';
import { withStores } from '../stack.js';
import { Progress, say } from '../terminal.js';

/** @throws Error if Kontor runs on the folder; WorkerRunning */
export const rebuildProcessStates = (dataDir: string): Promise<ProcessRebuild> =>
  withStores({ dataDir, say }, async ({ databaseUrl, eventStoreUrl }) => {
    const db = await openDatabase({ url: databaseUrl, role: 'owner' });
    const store = await openEventStore(eventStoreUrl);
    const progress = new Progress('Rebuilding', 'events');
    try {
      await migrate(db);
      const onProgress = (events: number) => progress.update(events);
      return await rebuildProcesses(db, 'processes', processes(), { store, streamTypes, routes, onProgress });
    } finally {
      progress.end();
      await store.close();
      await db.destroy();
    }
  });

export const processLines = ({ events, position, instances, waiting, changed }: ProcessRebuild): string[] => [
  `${events} events were read; the worker goes on after position ${position}.`,
  `${instances} instances of processes${changed === undefined ? '' : `; ${changed} states differ from what was stored before`}.`,
  ...(waiting > 0
    ? [
        `${waiting} instances wait for a command without an answer in the log: the worker sends it again when it starts.`,
      ]
    : []),
];
