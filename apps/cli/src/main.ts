import { Command } from 'commander';
import { commandsCommand } from './commands/commands.js';
import { consumersCommand } from './commands/consumers.js';
import { channelsCommand } from './commands/channels.js';
import { eventStoreCommand } from './commands/event-store.js';
import { explainCommand } from './commands/explain.js';
import { importCommand } from './commands/import.js';
import { keysCommand } from './commands/keys.js';
import { parkedCommand } from './commands/parked.js';
import { rebuildCommand } from './commands/rebuild.js';
import { sourceCommand } from './commands/source.js';
import { relayCommand } from './commands/relay.js';
import { statusCommand } from './commands/status.js';
import { timelineCommand } from './commands/timeline.js';
import { upCommand } from './commands/up.js';
import { verifyCommand } from './commands/verify.js';
import { cliSettings } from './settings.js';
import { fail, say } from './terminal.js';

if (Number(process.versions.node.split('.')[0]) < 24) {
  say(`kontor: this is Node ${process.versions.node}. Run it through npm (npm run kontor -- …), which brings Node 24`);
  process.exit(1);
}

const settings = cliSettings();
const program = new Command('kontor')
  .description('Event-sourced unified commerce: start it, feed it, ask it why.')
  .option('--data <folder>', 'where all state lies', settings.dataDir)
  .option('--url <url>', 'a Kontor that runs elsewhere (also KONTOR_URL)', settings.url)
  .option('--key <key>', 'API key for it (also KONTOR_KEY)', settings.key)
  .option('--json', 'print JSON for machines, progress to standard error only')
  .showHelpAfterError('Run it with --help to see what there is.')
  .addHelpText(
    'after',
    `
Commands that need a running Kontor use the one on --data, or start one for as long as they take.

Exit codes: 0 done · 1 it did not work · 2 it worked, and what was checked is not right

Examples (through npm: npm run kontor -- <command>):
  kontor up                                    start everything, with a sample of trade on an empty store
  kontor import online-retail trade.csv.gz     load real trade
  kontor timeline order or-561904              all that happened to an order
  kontor explain stock 22075 online-retail-warehouse
  kontor rebuild --all                         build all read models anew, beside the live ones
  kontor verify                                check the books against the log`,
  );

for (const add of [
  upCommand,
  importCommand,
  timelineCommand,
  explainCommand,
  rebuildCommand,
  verifyCommand,
  sourceCommand,
  statusCommand,
  consumersCommand,
  parkedCommand,
  relayCommand,
  channelsCommand,
  commandsCommand,
  keysCommand,
  eventStoreCommand,
]) {
  add(program);
}

await program.parseAsync().catch(fail);
