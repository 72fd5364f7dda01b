import { type BatchCommand } from '#client';
import { type KontorClient } from '../client.js';
import { BatchSender, type Refused, type Sent } from '../send-batches.js';
import { Progress } from '../terminal.js';
import { documentIdOf, identitiesOf, registrationId, registrationsOf, updatesOf } from './customers.js';
import { commandsOf } from './documents.js';
import { invoicesOf } from './invoices.js';
import { Originals } from './originals.js';
import { RecordedTrade } from './recorded-trade.js';
import { readRows } from './rows.js';
import { type Survey } from './survey.js';

/** A command that was refused, and the first line of its invoice. */
interface RefusedLine extends Refused {
  readonly line?: number;
}

export interface SentTrade extends Sent {
  readonly refused: readonly RefusedLine[];
}

/**
 * Sends the trade of a file, which is read again and never held as a whole. Customers come first, because identities and
 * orders refer to them.
 */
export const sendTrade = async (client: KontorClient, file: string, survey: Survey): Promise<SentTrade> => {
  const progress = new Progress('Sending', 'commands');
  const registered = new Set<string>();
  const sender = new BatchSender(client, progress, ({ command, id }) => {
    if (command === 'RegisterCustomer') registered.add(id);
  });
  await sender.send(registrationsOf(survey));
  await sender.send(identitiesOf(survey));
  await sender.send(updatesOf(survey, registered, client));
  const newCustomers = [...survey.customers.keys()].filter((number) => registered.has(registrationId(number)));
  const inFile = new Set([...survey.invoices.keys()].map(documentIdOf));
  const originals = new Originals(new RecordedTrade(client, (orderId) => inFile.has(orderId)), newCustomers);
  const sent = await sender.send(tradeOf(file, survey, originals));
  progress.end();
  const refused = sent.refused.filter((one) => !isKnownCustomer(one));
  return {
    accepted: sent.accepted,
    repeated: sent.repeated + sent.refused.length - refused.length,
    refused: refused.map((one) => ({ ...one, ...lineOf(one, survey) })),
  };
};

async function* tradeOf(file: string, survey: Survey, originals: Originals): AsyncGenerator<BatchCommand, void> {
  for await (const invoice of invoicesOf(readRows(file), survey)) yield* commandsOf(invoice, originals);
}

/** Another file has registered the customer with other facts, which {@link updatesOf} takes care of. */
const isKnownCustomer = ({ command, code }: Refused) => command === 'RegisterCustomer' && code === 'command-id-reused';

const lineOf = ({ id }: Refused, { invoices }: Survey) => {
  const invoice = /or-([AC]?\d{6})/.exec(id)?.[1] ?? '';
  const line = invoices.get(invoice)?.firstLine;
  return line === undefined ? {} : { line };
};
