import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Configure } from '../commands.js';

/** Passes all arguments after the name of the command to the event store, also --help. */
export const eventStore: Configure = (command) => {
  command
    .helpOption(false)
    .allowUnknownOption()
    .argument('[options...]')
    .action(async () => {
      const options = process.argv.slice(process.argv.indexOf('event-store') + 1); // `kontor` has a --data of its own
      const script = fileURLToPath(new URL('../../../event-store/src/main.js', import.meta.url));
      const child = spawn(process.execPath, ['--enable-source-maps', script, ...options], { stdio: 'inherit' });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
      process.exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
    });
};
