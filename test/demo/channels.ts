import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Channels, hosting } from '../support/channels.js';
import { Kontor } from '../support/kontor.js';
import { openShop, stocked } from '../support/shop.js';
import { disagreements } from './channels/agreement.js';
import { participants } from './channels/all.js';

const HELP = `npm run demo:channels [-- options]: a web shop, tills, a marketplace and a dropshipper trade with a Kontor of their own. The
exit code is 2 unless all of them agree with Kontor on the stock of every SKU.

  --seconds N   how long they trade, default 60
  --json        print JSON only
  --help`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const say = (line: string) => process.stderr.write(`${line}\n`);
const SKUS = 20;
const CATCHES_UP_WITHIN_MS = 240_000;

const all = participants();
say('Starting Kontor in a folder of its own');
const kontor = await Kontor.start({ env: hosting(await Promise.all(all.map((one) => one.open()))) });
try {
  const channels = new Channels(kontor);
  await openShop(kontor.staff);
  const skus: string[] = [];
  for (let count = 0; count < SKUS; count++) skus.push(await stocked(kontor.staff, 50));
  await channels.settled();

  const market = { kontor, channels, skus };
  const end = AbortSignal.timeout(Number(values.seconds) * 1_000);
  const trade = Promise.all(all.map((one) => one.trade(market, end)));
  while (!end.aborted) {
    await pause(2_000, undefined, { signal: end }).catch(() => undefined);
    say(all.map((one) => `${one.name}: ${one.line()}`).join(' · '));
  }
  await trade;
  say('The trade is over: waiting until everybody has heard of everything');
  await channels.settled(CATCHES_UP_WITHIN_MS);
  for (const one of all) await one.catchUp?.(market);

  const differences = await disagreements(kontor.staff, all, skus);
  const complaints = all.flatMap((one) => one.complaints().map((complaint) => `${one.name}: ${complaint}`));
  const { parked, endpoints } = await channels.status();
  const dead = endpoints.reduce((sum, endpoint) => sum + endpoint.dead, 0);
  const right = differences.length + complaints.length + parked.length + dead === 0;
  if (values.json) console.log(JSON.stringify({ right, differences, complaints, parked, dead }));
  else {
    console.table(all.map((one) => ({ channel: one.name, 'what it did': one.line() })));
    if (differences.length > 0) console.table(differences);
    for (const complaint of complaints) console.log(complaint);
    for (const { consumer, stream, reason } of parked) console.log(`${consumer}: ${stream} is parked: ${reason}`);
    console.log(right ? `All agree on the stock of all ${SKUS} SKUs.` : 'Something is wrong.');
  }
  process.exitCode = right ? 0 : 2;
} finally {
  await kontor.stop();
  for (const one of all) await one.close();
}
