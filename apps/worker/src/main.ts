import 'reflect-metadata';
import { StoreUnavailable } from '#event-store-esdb';
import { log } from './log.js';
import { settingsOf } from './settings.js';
import { startWorker } from './worker.js';

/** What is wrong with the event store is told in one sentence. */
const say = (error: unknown): never => {
  if (!(error instanceof StoreUnavailable)) throw error;
  log(error.message);
  process.exit(1);
};

const worker = await startWorker(settingsOf(process.env), process.env['KONTOR_DATA'] ?? './data').catch(say);
process.stdout.write(`kontor worker listening on ${worker.url}\n`);

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  log('stopping');
  void worker.close().finally(() => process.exit());
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (process.env['KONTOR_SUPERVISED'] === '1') {
  // Whoever started this holds the other end: when it dies, however, this ends too.
  process.stdin.once('end', stop).once('close', stop).resume();
}
