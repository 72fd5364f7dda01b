import { join } from 'node:path';
import { runApp } from '#host';
import { readPaymentSimulatorSettings } from '#settings';
import { Simulator } from './simulator.js';

await runApp('payment-simulator', async () => {
  const { dataDir, faults, ...settings } = readPaymentSimulatorSettings(process.env);
  const simulator = new Simulator({
    ...settings,
    journalFile: join(dataDir, 'payment-simulator.jsonl'),
    ...(faults && { plan: faults }),
  });
  return { url: await simulator.start(), close: () => simulator.close() };
});
