import 'reflect-metadata';
import { StoreUnavailable } from '#event-store-esdb';
import { createApi } from './api.js';

/** What is wrong with the event store has been told in one sentence. */
const end = (error: unknown): never => {
  if (!(error instanceof StoreUnavailable)) throw error;
  process.exit(1);
};

const api = await createApi(process.env).catch(end);
process.stdout.write(`kontor api listening on ${api.url}\n`);

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  void api.close().finally(() => process.exit());
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (process.env['KONTOR_SUPERVISED'] === '1') {
  // Whoever started this holds the other end: when it dies, however, this ends too.
  process.stdin.once('end', stop).once('close', stop).resume();
}
