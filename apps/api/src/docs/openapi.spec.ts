import { beforeAll, describe, expect, it } from '@jest/globals';
import { commands } from '#registry';
import { app, routes } from '../api.fixture.js';
import { readBody } from '../commands/body-reader.js';
import { openApiOf } from './openapi.js';

describe('the documentation', () => {
  interface Schema {
    readonly type?: string;
    readonly format?: string;
    readonly additionalProperties?: unknown;
    readonly properties?: Readonly<Record<string, Schema>>;
  }
  interface Operation {
    readonly operationId: string;
    readonly summary?: string;
    readonly parameters?: readonly { name: string; in: string; schema?: Schema }[];
    readonly responses: Readonly<Record<string, { content?: object }>>;
    readonly requestBody?: { content: Readonly<Record<string, { example?: object }>> };
    readonly security?: unknown;
  }
  interface Document {
    readonly openapi: string;
    readonly info: object;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: object };
  }
  let document: Document;
  let operations: (Operation & { readonly route: string })[];

  beforeAll(() => {
    document = openApiOf(app) as unknown as Document;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, route: `${method.toUpperCase()} ${path}` })),
    );
  });

  it('is OpenAPI 3.1, and every reference in it leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const names = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target]) => target));
    expect(names.size).toBeGreaterThan(40);
    for (const name of names) {
      expect(name).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(document.components.schemas).toHaveProperty(String(name).split('/')[3] ?? '');
    }
    expect(text).not.toContain('"nullable"');
  });

  it('has every route, and no other', () => {
    const pages = /^GET \/($|docs|problems|openapi)/;
    const real = routes
      .all()
      .filter((route) => !route.startsWith('HEAD') && !pages.test(route))
      .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'))
      .flatMap((route) =>
        route === 'POST /v1/commands/{name}' ? commands.map(({ name }) => `POST /v1/commands/${name}`) : [route],
      );
    expect(operations.map(({ route }) => route).toSorted()).toEqual(real.toSorted());
  });

  it('says of every operation what it does, what it needs and what it answers', () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { route, summary, parameters = [], responses, security } of operations) {
      expect([route, summary]).toEqual([route, expect.stringMatching(/\.$/)]);
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters
          .filter((one) => one.in === 'path')
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(inPath.toSorted());
      const success = Object.entries(responses).filter(([status]) => status < '300');
      for (const [status, { content }] of success) {
        expect([route, status, content !== undefined]).toEqual([route, status, status !== '204']);
      }
      expect([route, success.length > 0]).toEqual([route, true]);
      expect([route, security !== undefined]).toEqual([route, route.includes('/v1/')]);
    }
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'shows a body of %s that is accepted',
    (name, { dto }) => {
      const operation = operations.find(({ operationId }) => operationId === name);
      const { example } = operation?.requestBody?.content['application/json'] ?? {};
      expect(() => readBody(dto, example)).not.toThrow();
    },
  );

  it('refuses fields that a body does not have, and says what every text in it looks like', () => {
    const { schemas } = document.components as { schemas: Readonly<Record<string, Schema>> };
    for (const name of Object.keys(schemas).filter((one) => one.endsWith('Dto'))) {
      const { additionalProperties, properties = {} } = schemas[name] ?? {};
      expect([name, additionalProperties]).toEqual([name, false]);
      for (const [field, schema] of Object.entries(properties)) {
        const isLimited = ['pattern', 'enum', 'format', 'maxLength'].some((keyword) => keyword in schema);
        expect([name, field, schema.type !== 'string' || isLimited]).toEqual([name, field, true]);
      }
    }
  });

  it('says what every parameter looks like', () => {
    const plain = ['Prefer', 'traceparent', 'If-None-Match'];
    for (const { route, parameters = [] } of operations) {
      for (const { name, schema } of parameters) {
        // The formats of days and instants allow years that are refused.
        const keywords = ['pattern', 'enum', 'minimum', 'items'];
        const isLimited = keywords.some((keyword) => keyword in (schema ?? {})) || isUuid(schema);
        expect([route, name, isLimited || plain.includes(name)]).toEqual([route, name, true]);
      }
    }
  });

  const isUuid = (schema: Schema | undefined) => schema?.format === 'uuid';

  it('shows an order of something, not of a cart', () => {
    const operation = operations.find(({ operationId }) => operationId === 'PlaceOrder');
    const { example } = operation?.requestBody?.content['application/json'] ?? {};
    expect(example).toMatchObject({ lines: [{ sku: expect.any(String) }] });
    expect(example).not.toHaveProperty('cartId');
  });
});
