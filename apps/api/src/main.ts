import 'reflect-metadata';
import { createApi } from './api.js';

const api = await createApi(process.env);
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
