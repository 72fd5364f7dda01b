import { type FastifyInstance, type FastifyReply } from 'fastify';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type KontorApi } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { TransientError } from '../transient-error.js';
import { type SupplierRequests } from './supplier-requests.js';

interface AnswerRoutesOptions {
  /** Name of the adapter. */
  readonly adapter: string;
  readonly api: Pick<KontorApi, 'sendCommand'>;
  /** Id of the supplier's location. */
  readonly location: string;
  readonly mappings: Pick<Mappings, 'ourNameOf'>;
  readonly requests: Pick<SupplierRequests, 'find'>;
}

interface SupplierLine {
  readonly line_id: string;
  readonly quantity: number;
}

/** Body of a supplier's answer. */
interface SupplierAnswer {
  /** Of a rejection, by the supplier's own name. */
  readonly reason?: string;
  readonly note?: string;
  /** Without it, the answer is about all lines of the request. */
  readonly lines?: readonly SupplierLine[];
  readonly shipment_id?: string;
  readonly carrier?: string;
  readonly tracking?: string;
  /** ISO 8601. */
  readonly shipped_at?: string;
}

interface AnswerRoute {
  readonly Params: { readonly id: string };
  readonly Body: SupplierAnswer | null;
}

type NamedCommand = readonly [command: string, data: object];

/** The form of every answer. The rules of the commands are left to Kontor's API. */
const ANSWER_SCHEMA = {
  type: ['object', 'null'],
  properties: {
    ...Object.fromEntries(['reason', 'note', 'carrier', 'tracking'].map((name) => [name, { type: 'string' }])),
    shipment_id: { type: 'string', minLength: 1 },
    shipped_at: { type: 'string', format: 'date-time' },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['line_id', 'quantity'],
        properties: { line_id: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
      },
    },
  },
};

/** Kind of answer → fields that it cannot do without. */
const REQUIRED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  shipments: ['shipment_id'],
  deliveries: ['shipment_id'],
};

/**
 * `POST orders/<id>/accept`, `reject`, `shipments` and `deliveries`: the supplier's answers to a request. The ids of the
 * commands follow from the answer, so a supplier may repeat it.
 */
export const answerRoutes = (app: FastifyInstance, options: AnswerRoutesOptions): void => {
  const { mappings, requests, location: locationId } = options;
  const translations: Readonly<Record<string, (id: string, answer: SupplierAnswer) => Promise<NamedCommand[]>>> = {
    accept: (fulfillmentId) => Promise.resolve([['AcceptFulfillment', { fulfillmentId, locationId }]]),
    reject: async (fulfillmentId, { reason = '', note, lines }) => {
      const ourReason = (await mappings.ourNameOf('reason', reason)) ?? 'other';
      const data = { fulfillmentId, locationId, reason: ourReason, note, lines: lines?.map(lineQuantityOf) };
      return [['RejectFulfillment', data]];
    },
    shipments: async (fulfillmentId, { shipment_id: parcelId, carrier = '', tracking, lines }) => {
      const parcel = { fulfillmentId, locationId, parcelId };
      const requested = (await requests.find(fulfillmentId))?.lines ?? [];
      const ourCarrier = (await mappings.ourNameOf('carrier', carrier)) ?? carrier;
      const packed = lines?.map(lineQuantityOf) ?? requested.map(({ lineId, quantity }) => ({ lineId, quantity }));
      return [
        ['PackParcel', { ...parcel, lines: packed }],
        ['ShipParcel', { ...parcel, carrier: ourCarrier, tracking }],
      ];
    },
    deliveries: (fulfillmentId, { shipment_id: parcelId }) =>
      Promise.resolve([['RecordDelivery', { fulfillmentId, parcelId }]]),
  };
  for (const [path, commandsOf] of Object.entries(translations)) {
    const routeOptions = {
      config: { scope: 'fulfillment:work' },
      schema: { body: ANSWER_SCHEMA },
      attachValidation: true,
    };
    app.post<AnswerRoute>(`/orders/:id/${path}`, routeOptions, async (request, reply) => {
      const { id } = request.params;
      if (!(await requests.find(id))) return reply.code(404).send({ status: 404, title: 'There is no such request' });
      const answer = request.body ?? {};
      const problem = request.validationError?.message ?? missingField(path, answer);
      if (problem !== undefined) return reply.code(400).send({ status: 400, title: problem });
      const commands = await commandsOf(id, answer);
      return sendAll(options, { fulfillmentId: id, commands, occurredAt: answer.shipped_at }, reply);
    });
  }
};

interface TranslatedAnswer {
  readonly fulfillmentId: string;
  readonly commands: readonly NamedCommand[];
  readonly occurredAt: string | undefined;
}

/** Sends the commands up to the first that is refused, and passes its refusal on: 409 says that the answer is too late. */
const sendAll = async (
  { adapter, api }: AnswerRoutesOptions,
  { fulfillmentId, commands, occurredAt }: TranslatedAnswer,
  reply: FastifyReply,
) => {
  for (const [command, data] of commands) {
    const id = uuidv5(KONTOR_NAMESPACE, `${adapter}/${fulfillmentId}/${command}/${JSON.stringify(data)}`);
    try {
      const options = { id, ...(occurredAt !== undefined && { occurredAt }) };
      const { status, body } = await api.sendCommand(command, data, options);
      if (status >= 300) return await reply.code(status).send(body);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return reply.code(503).send({ status: 503, title: 'Kontor does not answer: send it again' });
    }
  }
  return reply.code(200).send({ status: 'taken' });
};

const missingField = (kind: string, answer: SupplierAnswer): string | undefined => {
  const missing = REQUIRED_FIELDS[kind]?.find((field) => !(field in answer));
  return missing === undefined ? undefined : `body must have "${missing}"`;
};

const lineQuantityOf = ({ line_id: lineId, quantity }: SupplierLine) => ({ lineId, quantity });
