import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Channels, hosting } from '../support/channels.js';
import { Kontor } from '../support/kontor.js';
import { openShop, stocked } from '../support/shop.js';
import { findDisagreements } from './channels/agreement.js';
import { createParticipants } from './channels/participants.js';

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
const report = (line: string) => process.stderr.write(`${line}\n`);
const SKUS = 20;
const CATCH_UP_TIMEOUT_MS = 240_000;

const participants = createParticipants();
report('Starting Kontor in a folder of its own');
const kontor = await Kontor.start({ env: hosting(await Promise.all(participants.map((one) => one.open()))) });
try {
  const channels = new Channels(kontor);
  await openShop(kontor.staff);
  const skus: string[] = [];
  for (let count = 0; count < SKUS; count++) skus.push(await stocked(kontor.staff, 50));
  await channels.settled();

  const market = { kontor, channels, skus };
  const end = AbortSignal.timeout(Number(values.seconds) * 1_000);
  const trade = Promise.all(participants.map((one) => one.trade(market, end)));
  while (!end.aborted) {
    await sleep(2_000, undefined, { signal: end }).catch(() => undefined);
    report(participants.map((one) => `${one.name}: ${one.summary()}`).join(' · '));
  }
  await trade;
  report('The trade is over: waiting until all messages are delivered');
  await channels.settled(CATCH_UP_TIMEOUT_MS);
  for (const one of participants) await one.catchUp?.(market);

  const disagreements = await findDisagreements(kontor.staff, participants, skus);
  const violations = participants.flatMap((one) => one.violations().map((violation) => `${one.name}: ${violation}`));
  const { parked, endpoints } = await channels.status();
  const dead = endpoints.reduce((sum, endpoint) => sum + endpoint.dead, 0);
  const right = disagreements.length + violations.length + parked.length + dead === 0;
  if (values.json) console.log(JSON.stringify({ right, disagreements, violations, parked, dead }));
  else {
    console.table(participants.map((one) => ({ channel: one.name, 'what it did': one.summary() })));
    if (disagreements.length > 0) console.table(disagreements);
    for (const violation of violations) console.log(violation);
    for (const { consumer, stream, reason } of parked) console.log(`${consumer}: ${stream} is parked: ${reason}`);
    console.log(right ? `All agree on the stock of all ${SKUS} SKUs.` : 'Something is wrong, see above.');
  }
  process.exitCode = right ? 0 : 2;
} finally {
  await kontor.stop();
  for (const one of participants) await one.close();
}
