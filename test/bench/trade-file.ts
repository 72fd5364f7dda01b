import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Random } from '#kernel';

const SKUS = 3_900;
const CUSTOMERS = 4_300;
const MAX_LINES_OF_AN_INVOICE = 40;
const CANCELLED_INVOICES = 0.04;
const SECONDS_OF_A_MONTH = 28 * 24 * 3600;
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n';

/**
 * Writes a month of trade in the format of `kontor import online-retail`, the same at every call. As in real trade, a few SKUs and
 * customers occur much more often than most. Other months have other invoices of the same SKUs and customers.
 * @param month counted from 0
 */
export const writeMonth = async (file: string, month: number, rows: number): Promise<void> => {
  const random = new Random(month);
  const out = createWriteStream(file);
  out.write(HEADER);
  for (let row = 0, invoice = 0; row < rows; invoice++) {
    const lines = Math.min(rows - row, random.between(1, MAX_LINES_OF_AN_INVOICE));
    const number = 100_000 + month * 30_000 + invoice;
    const at = timeOf(month, (row / rows) * SECONDS_OF_A_MONTH);
    if (!out.write(invoiceText(random, number, at, lines))) await once(out, 'drain');
    row += lines;
  }
  out.end();
  await finished(out);
};

const invoiceText = (random: Random, number: number, at: string, lines: number) => {
  const isCancelled = random.next() < CANCELLED_INVOICES;
  const customer = 10_000 + Math.floor(CUSTOMERS * random.next() ** 2);
  const line = () => {
    const sku = 10_000 + Math.floor(SKUS * random.next() ** 3);
    const quantity = (isCancelled ? -1 : 1) * random.between(1, 12);
    const price = (random.between(50, 950) / 100).toFixed(2);
    return `${isCancelled ? 'C' : ''}${number},${sku},ARTICLE ${sku},${quantity},${at},${price},${customer},United Kingdom\n`;
  };
  return Array.from({ length: lines }, line).join('');
};

const timeOf = (month: number, seconds: number) =>
  new Date(Date.UTC(2020, month, 1) + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
