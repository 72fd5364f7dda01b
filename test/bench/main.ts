import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { measureAgainst } from './against.js';
import { benchEventStore } from './event-store.js';
import { measureHistory } from './history.js';
import { measureLimits } from './limits.js';
import { startProduct } from './product.js';
import { Published } from './published.js';
import { report, reportAgainst, reportHistory } from './report.js';
import { measureRequests } from './requests.js';
import { Shop } from './shop.js';

const HELP = `npm run bench [-- [history] [options]]: starts the product as it ships on an empty folder, and measures it, and for comparison the limits of the
machine. With KAFKA_BROKERS, it also publishes to Kafka. With KONTOR_TEST_EVENTSTORE, it runs on the event store
that this command starts, see CONTRIBUTING.md.

  --quick            short runs, about three minutes
  --drops            the event store drops all subscriptions once a second
  --no-import        leave the import out
  --against FOLDER   run another built checkout and this one in turns under the same load, and print both, with the ratio of
                     this one to the other, which a machine that gets slower or faster does not distort
  --json             print JSON only
  --help

npm run bench -- history fills an empty store with months of trade instead, and measures what grows with them.

  --events NUMBER    of the history, about. Default 50000, which takes less than two minutes
  --against FOLDER   measure another built checkout first`;

const options = {
  quick: { type: 'boolean', default: false },
  drops: { type: 'boolean', default: false },
  'no-import': { type: 'boolean', default: false },
  against: { type: 'string' },
  events: { type: 'string', default: '50000' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const given = () => {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(1);
  }
};

const {
  values: { quick, drops, against, events, json, help, 'no-import': importsNothing },
  positionals: [what],
} = given();
if (help) {
  console.log(HELP);
  process.exit();
}
const say = (line: string) => process.stderr.write(`${line}\n`);
const seconds = quick ? 4 : 15;

if (what === 'history') {
  for (const checkout of against === undefined ? ['.'] : [against, '.']) {
    const history = await measureHistory({ events: Number(events), checkout, say });
    process.stdout.write(json ? `${JSON.stringify(history, undefined, 2)}\n` : reportHistory(checkout, history));
  }
  process.exit();
}

if (against !== undefined) {
  const compared = await measureAgainst(against, quick ? 6 : 12, quick ? 2 : 4, say);
  process.stdout.write(json ? `${JSON.stringify(compared, undefined, 2)}\n` : reportAgainst(compared));
  process.exit();
}

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../apps/cli/src/main.js', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'kontor-bench-'));

const kontor = async <Answer>(...args: string[]) => {
  const { stdout } = await run(process.execPath, [cli, '--data', dataDir, '--json', ...args], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as Answer;
};

say('Requests to the event store');
const requests = await measureRequests();
const product = await startProduct({ dataDir, disturbances: drops ? ['drops'] : [] });
try {
  say('Limits of the machine');
  const limits = await measureLimits(product.databaseUrl, quick ? 2 : 5);
  const eventStore = quick ? undefined : await benchEventStore();

  const published = await Published.open(product);
  const shop = new Shop(product, published);
  say('Opening the shop, warming up');
  await shop.open();
  await shop.orders(32, quick ? 5 : 10);
  await shop.checkouts(32, quick ? 5 : 10);

  const orders = [];
  for (const concurrency of [1, 8, 32, 64]) {
    say(`Orders, ${concurrency} buyers`);
    orders.push(await shop.orders(concurrency, seconds));
  }
  const checkouts = [];
  for (const concurrency of [8, 32]) {
    say(`Full checkouts, ${concurrency} buyers`);
    checkouts.push(await shop.checkouts(concurrency, seconds));
  }
  say('Availability');
  const availability = [await shop.availability(8, seconds / 2), await shop.availability(32, seconds / 2)];
  say('Hot SKU');
  const hotSku = await shop.hotSku(500, 1000, 64);
  say('From append to visible');
  const visible = await shop.visible(seconds);
  say('Rebuild');
  const rebuild = await kontor<{ events: number; eventsPerSecond: number }>('rebuild', '--all');

  const file = join(process.env['KONTOR_REAL_DATA'] ?? '../shared/data', 'online_retail_2011-08.csv.gz');
  const trade = existsSync(file) && !importsNothing;
  if (trade) say('Import');
  const imported = trade ? await kontor<{ rows: number; seconds: number }>('import', 'online-retail', file) : undefined;

  await published?.close();
  const [memory, dropped] = [product.usage(), product.drops()];
  const measured = { limits, eventStore, orders, checkouts, availability, hotSku, visible, rebuild, imported, memory };
  const result = { ...measured, dropped, requests };
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : report(result));
  if (hotSku.confirmed !== 500 || hotSku.other > 0) process.exitCode = 2;
} catch (error) {
  for (const name of ['api', 'worker', 'event-store']) {
    const log = join(dataDir, 'logs', `${name}.log`);
    if (existsSync(log)) say(`${name}: ${readFileSync(log, 'utf8').slice(-2000)}`);
  }
  throw error;
} finally {
  await product.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
