import { type FastifyInstance } from 'fastify';
import { type Mappings, type MappingToPut } from './mappings.js';

interface Tables {
  readonly mappings: Mappings;
  /** Those that people keep. */
  readonly kinds: readonly string[];
  /** What is wrong with a line. */
  readonly wrong?: (kind: string, item: MappingToPut) => string | undefined;
  readonly onChange?: (kind: string) => void;
}

interface OfKind {
  readonly Params: { readonly kind: string };
}

const PAGE = 1_000;
const MOST_ITEMS = 10_000;
const read = { config: { scope: 'network:read' } };
const write = { config: { scope: 'network:write' } };

/** `mappings/<kind>`: what the other side calls our SKUs, carriers … For staff. */
export const mappingRoutes = (app: FastifyInstance, tables: Tables): void => {
  const { mappings, kinds, onChange } = tables;
  app.addHook('preHandler', async ({ params }, reply) => {
    const { kind } = params as { kind?: string };
    if (kind !== undefined && !kinds.includes(kind))
      return reply.code(404).send({ title: `There are mappings of ${kinds.join(', ')} only` });
  });
  app.get<OfKind & { Querystring: { after?: string } }>('/mappings/:kind', read, async ({ params, query }) => {
    const items = await mappings.all(params.kind, query.after ?? '', PAGE);
    return { items, ...(items.length === PAGE && { next: items.at(-1)?.ours }) };
  });
  app.put<OfKind & { Body: unknown }>('/mappings/:kind', write, async ({ params: { kind }, body }, reply) => {
    const items = (body as { items?: unknown } | null)?.items;
    const problem = wrongIn(items, (item) => tables.wrong?.(kind, item));
    if (problem !== undefined) return reply.code(400).send({ title: problem });
    await mappings.put(kind, items as MappingToPut[]);
    onChange?.(kind);
    return { items: (items as MappingToPut[]).length };
  });
  app.delete<{ Params: { kind: string; ours: string } }>('/mappings/:kind/:ours', write, async ({ params }, reply) => {
    if (!(await mappings.remove(params.kind, params.ours)))
      return reply.code(404).send({ title: 'There is no such line' });
    return reply.code(204).send();
  });
};

const wrongIn = (items: unknown, wrong: (item: MappingToPut) => string | undefined): string | undefined => {
  if (!Array.isArray(items) || items.length > MOST_ITEMS) return `"items" must be a list of at most ${MOST_ITEMS}`;
  const all = items as MappingToPut[];
  const problems = all.values().map((item) => nameless(item) ?? wrong(item));
  for (const [index, problem] of [...problems].entries())
    if (problem !== undefined) return `items[${index}]: ${problem}`;
  for (const side of ['ours', 'theirs'] as const)
    if (new Set(all.map(({ [side]: name }) => name)).size < all.length) return `"${side}" names something twice`;
  return undefined;
};

const nameless = (item: Partial<MappingToPut>): string | undefined =>
  (['ours', 'theirs'] as const)
    .filter((side) => typeof item[side] !== 'string' || !/^[^\p{C}]{1,128}$/u.test(item[side]))
    .map((side) => `"${side}" is no name`)[0];
