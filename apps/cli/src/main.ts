import { Command } from 'commander';
import { commands } from './commands.js';
import { cliSettings } from './settings.js';
import { fail, say } from './terminal.js';

if (Number(process.versions.node.split('.')[0]) < 24) {
  say(`kontor: this is Node ${process.versions.node}. Run it through npm (npm run kontor -- …), which brings Node 24`);
  process.exit(1);
}

const settings = cliSettings();
const program = new Command('kontor')
  .description('Event-sourced unified commerce: start it, load trade, and see what happened and why.')
  .option('--data <folder>', 'folder of all local data', settings.dataDir)
  .option('--url <url>', 'a Kontor on another machine (also KONTOR_URL)', settings.url)
  .option('--key <key>', 'API key for it (also KONTOR_KEY)', settings.key)
  .option('--json', 'print JSON for machines; progress goes to standard error')
  .showHelpAfterError('Run it with --help to see its arguments and options.')
  .addHelpText(
    'after',
    `
Each command has --help with an example. A command uses the Kontor that runs on --data, or starts one and stops it afterwards.

Exit codes: 0 success, 1 failure, 2 the command worked and found something wrong`,
  );

for (const { name, summary, load } of commands) {
  const command = program.command(name).description(summary);
  if (process.argv.includes(name)) (await load())(command, program); // loads no other command
}

await program.parseAsync().catch(fail);
