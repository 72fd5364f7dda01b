import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { type CommandContract } from '#event-store';
import { INSTANT } from '#fields';
import { ref } from '#schema';
import { CommandRegistry } from '../commands/command-registry.js';
import { BatchLine } from '../commands/batch-line.js';
import { NewKey, Rotation } from '../operations/keys.controller.js';
import { CodeLookup } from '../reads/instruments.controller.js';
import { bodyModels } from './bodies.js';
import { exampleOf } from './example.js';
import { described, type Parameter } from './parameters.js';
import { schemas } from './schemas.js';
import { type JsonSchema } from './shapes.js';

type Operation = Record<string, unknown>;
type Paths = Record<string, Record<string, Operation>>;

const DESCRIPTION = `Commands in, answers out. Send a command with an \`Idempotency-Key\`; send it again with the same
key whenever an answer was lost. Every write answers with \`Kontor-Position\`; a read that carries it back as
\`Kontor-Min-Position\` sees that write. Whatever is refused is a problem (RFC 9457) with a stable type.`;

const header = (name: string, description: string, schema: JsonSchema, required = false) => ({
  name,
  in: 'header',
  description,
  required,
  schema,
});

/** It may be in double quotes, as RFC 8941 has it; these are no part of it. */
const IDEMPOTENCY_KEY = { type: 'string', pattern: '^[!#-~]([ -~]{0,253}[!-~])?$' };
const CHANNEL = { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,63}$', example: 'web' };

const commandHeaders = [
  header('Idempotency-Key', 'A new one per command, the same one per retry.', IDEMPOTENCY_KEY, true),
  header('Prefer', '`wait=N`: answer when the outcome can be read, or an order has its answer, at most 30 s.', {
    type: 'string',
    example: 'wait=10',
  }),
  header('Kontor-Occurred-At', 'When it happened for the business, not in the future. Default: now.', INSTANT),
  header('Kontor-Correlation-Id', 'The conversation that this belongs to. An order has its own.', {
    type: 'string',
    format: 'uuid',
  }),
  header('Kontor-Channel', 'The channel acted for: with a staff key only.', CHANNEL),
  header('traceparent', 'W3C Trace Context.', { type: 'string' }),
];

const json = (schema: JsonSchema) => ({ content: { 'application/json': { schema } } });

const outcomeHeaders = {
  ETag: { description: 'Revision of the stream.', schema: { type: 'string' } },
  'Kontor-Position': { description: 'Place in the log.', schema: { type: 'string' } },
  'Idempotency-Replayed': { description: '`true` on a repeat.', schema: { type: 'string' } },
};

const outcomes = ({ completion }: CommandContract) => {
  if (!completion) return { 200: { description: 'Carried out.', headers: outcomeHeaders, ...json(ref('Accepted')) } };
  const answer = json(ref(completion.answer));
  return {
    200: { description: completion.ended, headers: outcomeHeaders, ...answer },
    202: { description: completion.pending, headers: outcomeHeaders, ...answer },
  };
};

const operationOf = (contract: CommandContract, models: Record<string, JsonSchema>): Operation => ({
  operationId: contract.name,
  tags: [contract.scope.split(':')[0]],
  summary: contract.summary,
  description: `Needs the scope \`${contract.scope}\`.`,
  parameters: commandHeaders,
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(contract.dto) },
        example: exampleOf({ $ref: getSchemaPath(contract.dto) }, models),
      },
    },
  },
  responses: outcomes(contract),
});

const PROBLEMS: Readonly<Record<string, string>> = {
  400: 'The request is not valid.',
  401: 'No valid API key.',
  403: 'The key may not do this.',
  404: 'Nothing here that the key may see.',
  409: 'Refused by a rule of the business.',
  413: 'Too large.',
  415: 'Not a media type that is understood here.',
  422: 'The idempotency key was used for another body.',
  429: 'The key has used up its budget.',
  500: 'A defect.',
  503: 'Not now: try again.',
};
const ONLY_WRITES = new Set(['409', '413', '415', '422']);

const problemsOf = (method: string) =>
  Object.fromEntries(
    Object.entries(PROBLEMS)
      .filter(([status]) => method !== 'get' || !ONLY_WRITES.has(status))
      .map(([status, description]) => [
        status,
        { description, content: { 'application/problem+json': { schema: ref('Problem') } } },
      ]),
  );

/** The whole API as an OpenAPI 3.1 document: routes from the controllers, commands from their contracts. */
export const openApiOf = (app: INestApplication): OpenAPIObject => {
  const { contracts } = app.get(CommandRegistry);
  const config = new DocumentBuilder()
    .setTitle('Kontor')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: kontor_…' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}.${method}`,
  });
  const bodies = bodyModels([...contracts.map(({ dto }) => dto), NewKey, Rotation, CodeLookup, BatchLine]);
  const models: Readonly<Record<string, JsonSchema>> = { ...bodies, ...schemas };
  const paths = document.paths as unknown as Paths;
  delete paths['/v1/commands/{name}'];
  for (const contract of contracts) paths[`/v1/commands/${contract.name}`] = { post: operationOf(contract, models) };
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      operation['parameters'] = described(operation['parameters'] as readonly Parameter[] | undefined);
      operation['responses'] = { ...problemsOf(method), ...(operation['responses'] as object) };
      if (path.startsWith('/v1/')) operation['security'] = [{ key: [] }];
    }
  }
  return { ...document, components: { ...document.components, schemas: models } };
};

/** `/openapi.json`, and `/docs` to read and try it: all served from here. */
export const serveDocumentation = (app: INestApplication): void =>
  SwaggerModule.setup('docs', app, openApiOf(app), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Kontor API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
