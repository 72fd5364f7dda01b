import 'reflect-metadata';
import { log } from './log.js';
import { settingsOf } from './settings.js';
import { startWorker } from './worker.js';

const worker = await startWorker(settingsOf(process.env), process.env['KONTOR_DATA'] ?? './data');
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
