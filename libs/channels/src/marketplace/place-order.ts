import { type ApiResponse, type KontorApi } from '../kontor-api.js';
import { type PlaceOrderData } from './order-translation.js';

/** What an order can do without: errors of the API that name one of these are no reason to refuse a paid order. */
const DISPENSABLE = /^(?:contact\.(?:name|email|phone)|shipTo(?:\.(?:postalCode|city))?|country|lines\.\d+\.title)/;

/**
 * Places an order. Fields that it can do without and that Kontor does not take, such as a phone number with letters, are
 * left out; the attribute `leftOut` of the order names them.
 * @throws TransientError when Kontor does not answer
 */
export const placeOrder = async (
  api: Pick<KontorApi, 'sendCommand'>,
  data: PlaceOrderData,
): Promise<{ readonly answer: ApiResponse; readonly leftOut: readonly string[] }> => {
  const id = data.orderId;
  const answer = await api.sendCommand('PlaceOrder', data, { id });
  const leftOut = dispensableFieldsIn(answer);
  if (leftOut.length === 0) return { answer, leftOut };
  const rest = withoutFields(data, leftOut);
  const attributes = { leftOut: leftOut.join(', ').slice(0, 500) };
  return { answer: await api.sendCommand('PlaceOrder', { ...rest, attributes }, { id }), leftOut };
};

const dispensableFieldsIn = ({ status, body }: ApiResponse): readonly string[] => {
  const errors = status === 400 && Array.isArray(body['errors']) ? (body['errors'] as { field?: unknown }[]) : [];
  return [...new Set(errors.flatMap(({ field }) => DISPENSABLE.exec(String(field))?.[0] ?? []))];
};

type Fields = Record<string, unknown>;

/** A copy without the fields at the paths, such as `lines.0.title`. */
const withoutFields = (data: object, paths: readonly string[]): object => {
  const copy = structuredClone(data) as Fields;
  for (const path of paths) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], copy);
    if (parent !== undefined) Reflect.deleteProperty(parent as object, last);
  }
  return copy;
};
