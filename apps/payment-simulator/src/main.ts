import { join } from 'node:path';
import { type FaultPlan } from './faults.js';
import { Simulator } from './simulator.js';

/** By environment: PAYMENT_SIMULATOR_FAULTS is a plan of faults as JSON, for example `{"seed":1,"cut":0.2}`. */
const { env } = process;
const faults = env['PAYMENT_SIMULATOR_FAULTS'];

const simulator = new Simulator({
  host: env['KONTOR_HOST'] ?? '127.0.0.1',
  port: Number(env['PAYMENT_SIMULATOR_PORT'] ?? 7072),
  secret: env['PAYMENT_PROVIDER_SECRET'] ?? '',
  webhookUrl: env['PAYMENT_WEBHOOK_URL'] ?? '',
  journalFile: join(env['KONTOR_DATA'] ?? './data', 'payment-simulator.jsonl'),
  ...(faults !== undefined && { plan: JSON.parse(faults) as FaultPlan }),
});
process.stdout.write(`kontor payment-simulator listening on ${await simulator.start()}\n`);

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  void simulator.close().finally(() => process.exit());
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (env['KONTOR_SUPERVISED'] === '1') {
  // Whoever started this holds the other end: when it dies, however, this ends too.
  process.stdin.once('end', stop).once('close', stop).resume();
}
