import { type FastifyInstance } from 'fastify';
import { type MappingInput, type Mappings } from './mappings.js';

interface MappingRoutesOptions {
  readonly mappings: Pick<Mappings, 'page' | 'put' | 'remove'>;
  /** The kinds of mappings that staff maintain. */
  readonly kinds: readonly string[];
  /** Says what is wrong with the `data` of a mapping; undefined where nothing is. */
  readonly checkData: (kind: string, mapping: MappingInput) => string | undefined;
  readonly onChange?: (kind: string) => void;
}

interface KindRoute {
  readonly Params: { readonly kind: string };
}

const PAGE_SIZE = 1_000;
const MAX_MAPPINGS = 10_000;
const NAME = /^[^\p{C}]{1,128}$/u;
const read = { config: { scope: 'network:read', query: ['after'] } };
const write = { config: { scope: 'network:write' } };

/** `mappings/<kind>`: staff maintain the partner's names for SKUs, carriers, reasons, … */
export const mappingRoutes = (app: FastifyInstance, options: MappingRoutesOptions): void => {
  const { mappings, kinds, checkData, onChange } = options;
  app.addHook('preHandler', async ({ params }, reply) => {
    const { kind } = params as { kind?: string };
    if (kind !== undefined && !kinds.includes(kind))
      return reply.code(404).send({ title: `The kinds of mappings are ${kinds.join(', ')}` });
  });
  app.get<KindRoute & { Querystring: { after?: string } }>('/mappings/:kind', read, async ({ params, query }) => {
    const items = await mappings.page(params.kind, query.after ?? '', PAGE_SIZE);
    return { items, ...(items.length === PAGE_SIZE && { next: items.at(-1)?.ours }) };
  });
  app.put<KindRoute & { Body: unknown }>('/mappings/:kind', write, async ({ params: { kind }, body }, reply) => {
    const items = (body as { items?: unknown } | null)?.items;
    const problem = problemIn(items, (mapping) => checkData(kind, mapping));
    if (problem !== undefined) return reply.code(400).send({ title: problem });
    await mappings.put(kind, items as MappingInput[]);
    onChange?.(kind);
    return { items: (items as MappingInput[]).length };
  });
  app.delete<{ Params: { kind: string; ours: string } }>('/mappings/:kind/:ours', write, async ({ params }, reply) => {
    if (!(await mappings.remove(params.kind, params.ours)))
      return reply.code(404).send({ title: 'There is no such mapping' });
    return reply.code(204).send();
  });
};

const problemIn = (items: unknown, checkData: (mapping: MappingInput) => string | undefined): string | undefined => {
  if (!Array.isArray(items) || items.length > MAX_MAPPINGS) return `"items" must be a list of at most ${MAX_MAPPINGS}`;
  for (const [index, item] of items.entries()) {
    const problem = problemOfForm(item) ?? checkData(item as MappingInput);
    if (problem !== undefined) return `items[${index}]: ${problem}`;
  }
  const all = items as MappingInput[];
  for (const side of ['ours', 'theirs'] as const)
    if (new Set(all.map(({ [side]: name }) => name)).size < all.length) return `"${side}" has the same name twice`;
  return undefined;
};

const problemOfForm = (item: unknown): string | undefined => {
  if (!isObject(item)) return 'it must be an object';
  for (const side of ['ours', 'theirs'])
    if (typeof item[side] !== 'string' || !NAME.test(item[side]))
      return `"${side}" must be a name of 1 to 128 characters`;
  return item['data'] === undefined || isObject(item['data']) ? undefined : '"data" must be an object';
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
