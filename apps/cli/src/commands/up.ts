import { resolve } from 'node:path';
import { type Configure } from '../commands.js';
import { kinds } from '#host';
import { type GlobalOptions } from '../connection.js';
import { addExamples } from '../examples.js';
import { KontorClient } from '../client.js';
import { readAdminKey } from '../connection.js';
import { loadSample } from '../sample/load.js';
import { summaryOf } from '../sample/summary.js';
import { type Stack, startStack } from '../stack.js';
import { hasPaymentSimulator, upSettings } from '../settings.js';
import { print, say } from '../terminal.js';

interface UpOptions {
  readonly once?: boolean;
  readonly sample: boolean;
  readonly port?: string;
}

export const up: Configure = (command, program) => {
  addExamples(command, 'kontor --data $(mktemp -d) up --once --no-sample --port 0');
  command
    .option('--once', 'print the summary and stop')
    .option('--no-sample', 'do not load the sample')
    .option('--port <n>', 'port of the API; 0 takes any free one (default: KONTOR_PORT, or 7070)')
    .action(async (given: UpOptions) => {
      const options = program.opts<GlobalOptions>();
      const dataDir = resolve(options.data);
      const port = given.port === undefined ? upSettings().port : kinds.port.parse(given.port);
      if (port === undefined) throw new Error(`--port ${given.port} is not ${kinds.port.expected}`);
      say(`Starting Kontor on ${options.data}`);
      const ended = untilSignal(); // from now on, a signal stops everything in order
      const stack = await startStack({ dataDir, port, say });
      try {
        await Promise.race([ended, serve(stack, dataDir, { ...options, ...given, ended })]);
      } finally {
        await shutDown(stack);
      }
      process.exit();
    });
};

const serve = async (stack: Stack, dataDir: string, options: UpOptions & GlobalOptions & { ended: Promise<void> }) => {
  if (stack.adminKey.created) say(`The admin key is in ${stack.adminKey.file}`);
  const client = new KontorClient(stack.apiUrl, readAdminKey(dataDir, options));
  if (options.sample) await loadSample(client, dataDir);
  const summary = await summaryOf(client, dataDir, options.sample);
  if (hasPaymentSimulator()) say(simulated(stack));
  print(options.json ?? false, summary, () => summary.lines);
  if (options.once) return;
  say('Press Ctrl+C to stop.');
  await options.ended;
};

const simulated = ({ paymentUrl }: Stack) =>
  `Payments go to a simulator at ${paymentUrl}: no money moves. PAYMENT_PROVIDER_URL names a real provider.`;

const untilSignal = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

const shutDown = async (stack: Stack) => {
  say('Stopping');
  await stack.stop();
};
