/** Files of Online Retail as people have them: with typos, in parts, in other encodings. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { findFaults } from '../support/verify.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (
  invoice: string,
  quantity: string | number,
  more: { day?: string; country?: string; text?: string } = {},
) => {
  const { day = '2011-08-01', country = 'United Kingdom', text = 'RIBBONS' } = more;
  return `${invoice},22075,${text},${quantity},${day} 08:30:00,1.45,17941.0,${country}`;
};

interface Report {
  readonly accepted: number;
  readonly refused: readonly unknown[];
  readonly unmapped: readonly unknown[];
  readonly waiting: readonly string[];
  readonly windows1252: { readonly lines: number };
}

let kontor: Kontor;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-odd-files-'));
  kontor = await Kontor.start();
});
afterAll(async () => {
  await kontor.stop();
  rmSync(folder, { recursive: true });
});

const run = (...args: readonly string[]) =>
  new Promise<{ code: number; report: Report }>((done) => {
    const all = [resolve('dist/apps/cli/src/main.js'), '--data', kontor.dataDir, '--json', ...args];
    const child = execFile(process.execPath, all, (_, output) =>
      done({ code: child.exitCode ?? 1, report: JSON.parse(output) as Report }),
    );
  });

const importing = (rows: readonly string[], encoding: BufferEncoding = 'utf8') => {
  const file = join(folder, 'file.csv');
  writeFileSync(file, [HEADER, ...rows, ''].join('\n'), { encoding });
  return run('import', 'online-retail', file);
};

const order = async (invoice: string) => (await kontor.staff.get(`/v1/orders/or-${invoice}`)).body;

describe('an invoice with a typo', () => {
  const other = row('561905', 1);

  it('waits as a whole, while the others are imported', async () => {
    const { code, report } = await importing([row('561904', 2), row('561904', '1O'), other]);
    expect(code).toBe(2);
    expect(report).toMatchObject({ refused: [], waiting: ['561904'] });
    expect(report.unmapped).toEqual([{ line: 3, reason: 'Quantity "1O" must be a whole number' }]);
    await expect(order('561904')).resolves.toMatchObject({ status: 404 });
    await expect(order('561905')).resolves.toMatchObject({ unitsOrdered: 1 });
  });

  it('is imported with all its lines once the file is corrected', async () => {
    const { code, report } = await importing([row('561904', 2), row('561904', 10), other]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ accepted: 1, refused: [], waiting: [] });
    await expect(order('561904')).resolves.toMatchObject({ unitsOrdered: 12 });
  });
});

describe('a month after another', () => {
  const september = [
    row('571904', 1, { day: '2011-09-01', country: 'Eire' }),
    row('C571905', -10, { day: '2011-09-02', country: 'Eire' }),
  ];

  it('updates customers, and its returns name what was sold in the month before', async () => {
    const { code, report } = await importing(september);
    expect(code).toBe(0);
    expect(report).toMatchObject({ refused: [], unmapped: [] });
    const { customerId } = (await order('571904')) as { customerId: string };
    await expect(kontor.staff.read(`/v1/customers/${customerId}`)).resolves.toMatchObject({
      attributes: { country: 'Eire' },
    });
    await expect(kontor.staff.read('/v1/returns/or-C571905')).resolves.toMatchObject({
      lines: [{ original: { orderId: 'or-561904', lineId: '2' } }],
    });
  });

  it('changes nothing when it is repeated, in whichever order', async () => {
    const august = [row('561904', 2), row('561904', 10), row('561905', 1)];
    for (const file of [september, august, september]) {
      const { code, report } = await importing(file);
      expect(code).toBe(0);
      expect(report).toMatchObject({ accepted: 0, refused: [] });
    }
  });
});

it('a file in Latin-1 keeps its letters', async () => {
  const { report } = await importing([row('561910', 1, { text: '£5 VOUCHER' })], 'latin1');
  expect(report.windows1252).toMatchObject({ lines: 1 });
  await expect(order('561910')).resolves.toMatchObject({ lines: [{ title: '£5 VOUCHER' }] });
});

it('breaks no invariant', async () => {
  expect(await findFaults(kontor)).toEqual([]);
});
