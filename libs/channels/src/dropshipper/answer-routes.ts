import { type FastifyInstance, type FastifyReply } from 'fastify';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { TryAgain } from '../consuming/try-again.js';
import { type ApiAnswer } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { type Requests } from './requests.js';

interface Parts {
  readonly context: AdapterContext;
  readonly location: string;
  readonly mappings: Mappings;
  readonly requests: Requests;
}

interface Units {
  readonly line_id: string;
  readonly quantity: number;
}

interface Said {
  readonly reason?: string;
  readonly note?: string;
  readonly lines?: readonly Units[];
  readonly shipment_id?: string;
  readonly carrier?: string;
  readonly tracking?: string;
  /** ISO 8601. */
  readonly shipped_at?: string;
}

interface About {
  readonly Params: { readonly id: string };
  readonly Body: Said | null;
}

type Step = readonly [command: string, data: object];

const work = { config: { scope: 'fulfillment:work' } };

/** `orders/<id>/accept|reject|shipments|deliveries`: what the supplier says of a request. Repeats are harmless. */
export const answerRoutes = (app: FastifyInstance, parts: Parts): void => {
  const { mappings, location: locationId } = parts;
  const answers: Readonly<Record<string, (id: string, said: Said) => Promise<readonly Step[]>>> = {
    accept: (fulfillmentId) => Promise.resolve([['AcceptFulfillment', { fulfillmentId, locationId }]]),
    reject: async (fulfillmentId, { reason = '', note, lines }) => {
      const why = (await mappings.ours('reason', reason)) ?? 'other';
      const data = { fulfillmentId, locationId, reason: why, note, lines: lines?.map(unitsOf) };
      return [['RejectFulfillment', data]];
    },
    shipments: async (fulfillmentId, { shipment_id: parcelId, carrier = '', tracking, lines }) => {
      const at = { fulfillmentId, locationId, parcelId };
      const all = (await parts.requests.of(fulfillmentId))?.lines ?? [];
      const name = (await mappings.ours('carrier', carrier)) ?? carrier;
      const units = lines?.map(unitsOf) ?? all.map(({ lineId, quantity }) => ({ lineId, quantity }));
      return [
        ['PackParcel', { ...at, lines: units }],
        ['ShipParcel', { ...at, carrier: name, tracking }],
      ];
    },
    deliveries: (fulfillmentId, { shipment_id: parcelId }) =>
      Promise.resolve([['RecordDelivery', { fulfillmentId, parcelId }]]),
  };
  for (const [path, stepsOf] of Object.entries(answers)) {
    app.post<About>(`/orders/:id/${path}`, work, async ({ params: { id }, body }, reply) => {
      if (!(await parts.requests.of(id)))
        return reply.code(404).send({ status: 404, title: 'There is no such request' });
      const said = body ?? {};
      return carryOut(parts, { id, steps: await stepsOf(id, said), occurredAt: said.shipped_at }, reply);
    });
  }
};

/** Kontor's answer is the supplier's: a conflict says that it comes too late. */
const carryOut = async (
  { context }: Parts,
  {
    id,
    steps,
    occurredAt,
  }: { readonly id: string; readonly steps: readonly Step[]; readonly occurredAt: string | undefined },
  reply: FastifyReply,
) => {
  let answer: ApiAnswer | undefined;
  for (const [command, data] of steps) {
    const key = uuidv5(KONTOR_NAMESPACE, `${context.name}/${id}/${command}/${JSON.stringify(data)}`);
    try {
      answer = await context.api.command(command, data, { id: key, ...(occurredAt !== undefined && { occurredAt }) });
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      return reply.code(503).send({ status: 503, title: 'Kontor has no answer: send it again' });
    }
    if (answer.status >= 300) return reply.code(answer.status).send(answer.body);
  }
  return reply.code(200).send({ status: 'taken' });
};

const unitsOf = ({ line_id: lineId, quantity }: Units) => ({ lineId, quantity });
