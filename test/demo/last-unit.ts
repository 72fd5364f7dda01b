import { parseArgs } from 'node:util';
import { Kontor } from '../support/kontor.js';
import { openShop } from '../support/shop.js';
import { sell, type Sale, type SaleResult } from './sale.js';

const HELP = `npm run demo:last-unit [-- options]: 500 buyers on three channels order one unit, then 50, and a process is killed
meanwhile. The exit code is 2 if anything was sold twice, lost or left reserved.

  --runs N   how often, default 1
  --json     print JSON only
  --help`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const runs = Number(values.runs);
const say = (line: string) => process.stderr.write(`${line}\n`);

const BUYERS = 500;
/** Odd runs kill the worker first, even ones the API. */
const salesOf = (run: number): readonly Sale[] => {
  const [first, second] = run % 2 === 1 ? (['worker', 'api'] as const) : (['api', 'worker'] as const);
  return [
    { units: 1, buyers: BUYERS, victim: first },
    { units: 50, buyers: BUYERS, victim: second },
  ];
};

const results: SaleResult[] = [];
say('Starting Kontor in a folder of its own');
const kontor = await Kontor.start();
try {
  await openShop(kontor.staff);
  for (let run = 1; run <= runs; run++) {
    for (const sale of salesOf(run)) {
      say(`Run ${run} of ${runs}: ${sale.buyers} buyers for ${sale.units}, the ${sale.victim} is killed meanwhile`);
      results.push(await sell(kontor, sale));
    }
  }
} finally {
  await kontor.stop();
}

const allRight = results.every(({ right }) => right);
if (values.json) console.log(JSON.stringify({ right: allRight, results }));
else {
  console.table(
    results.map(({ units, buyers, victim, right, sold, refused, leftReserved, retries, events, seconds }) => ({
      units,
      buyers,
      killed: victim,
      sold,
      'rejected as sold out': refused,
      'left reserved': leftReserved,
      retries,
      events,
      seconds: Number(seconds.toFixed(1)),
      result: right ? 'right' : 'WRONG',
    })),
  );
  console.log(allRight ? 'Every unit was sold once.' : 'Something is wrong.');
}
process.exitCode = allRight ? 0 : 2;
