import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command } from 'commander';

export const eventStoreCommand = (program: Command): void => {
  program
    .command('event-store')
    .description('run the local event store alone; everything after it goes to it, see event-store --help')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[options...]')
    .action(async () => {
      const options = process.argv.slice(process.argv.indexOf('event-store') + 1); // Kontor has a --data of its own
      const script = fileURLToPath(new URL('../../../event-store/src/main.js', import.meta.url));
      const child = spawn(process.execPath, ['--enable-source-maps', script, ...options], { stdio: 'inherit' });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
      process.exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
    });
};
