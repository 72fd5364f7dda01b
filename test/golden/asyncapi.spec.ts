/**
 * Compares the published contract with docs/asyncapi.json, so that it does not change unnoticed.
 * `UPDATE_ASYNCAPI=1 npx jest test/golden/asyncapi --selectProjects unit` writes the file, unless that would break a consumer.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from '@jest/globals';
import { personalPaths } from '#kernel';
import { eventDefinitions, publishedVersionOf, streamTypes } from '#registry';
import { UNPUBLISHED_FIELDS, publicType } from '#kafka-publisher';
import { asyncApi } from './asyncapi.js';
import { broken, propertiesOf, type Schema } from './schemas.js';

const FILE = join(__dirname, '../../docs/asyncapi.json');

interface Document {
  readonly channels: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const committed = () => JSON.parse(readFileSync(FILE, 'utf8')) as Document;
const now = JSON.parse(JSON.stringify(asyncApi())) as Document;
const schemasNow = Object.entries(now.components.schemas);

/** Changes that would break a consumer of a type that was published before. */
const breakingChanges = (before: Document): readonly string[] =>
  Object.entries(before.components.schemas).flatMap(([name, schema]) => {
    const found = now.components.schemas[name];
    return found
      ? broken(schema, found).map((what) => `${name}: ${what}; raise its version in the manifest of its capability`)
      : [];
  });

describe('docs/asyncapi.json', () => {
  it('breaks no consumer of a version that was published before', () => {
    expect(existsSync(FILE) ? breakingChanges(committed()) : []).toEqual([]);
  });

  it('equals the contract of the code', () => {
    const breaks = existsSync(FILE) && breakingChanges(committed()).length > 0;
    if (process.env['UPDATE_ASYNCAPI'] && !breaks) writeFileSync(FILE, `${JSON.stringify(now, undefined, 2)}\n`);
    expect(now).toEqual(committed());
  });

  it('is an AsyncAPI 3 document', () => {
    const specs = createRequire(__filename)('@asyncapi/specs') as { schemas: Record<string, object> };
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
    const valid = ajv.validate(specs.schemas['3.0.0'] ?? {}, now);
    expect({ valid, errors: ajv.errors?.slice(0, 5) ?? [] }).toEqual({ valid: true, errors: [] });
  });
});

describe('the contract', () => {
  it('names events by their category and type', () => {
    expect(publicType('order', 'OrderPlaced')).toBe('com.kontor.order.placed.v1');
    expect(publicType('stock', 'ReservationReleased')).toBe('com.kontor.stock.reservation-released.v1');
    expect(publicType('giftcard', 'GiftCardIssued')).toBe('com.kontor.giftcard.issued.v1');
    expect(publicType('customer', 'IdentityLinked')).toBeUndefined();
    expect(publicType('order', 'NeverDefined')).toBeUndefined();
  });

  it('gives no two types the same name', () => {
    const names = streamTypes.flatMap(({ category, events }) =>
      Object.keys(events).flatMap((type) => publicType(category, type) ?? []),
    );
    expect(names).toHaveLength(new Set(names).size);
    expect(names).toHaveLength(
      Object.keys(eventDefinitions).filter((type) => publishedVersionOf(type) !== undefined).length,
    );
  });
});

/** Fields that are always personal or secret. `name` is not among them: locations, channels and goods have names. */
const PERSONAL =
  /^(e-?mail|phone|contact|address|street|city|postcode|post-?code|zip|shipTo|billTo|firstName|lastName|birth.*|iban|card|pan|secret|password|ip)$/i;

describe('personal data', () => {
  it.each(schemasNow)('is not in %s', (_, schema) => {
    const fields = propertiesOf(schema).map((path) => path.at(-1) ?? '');
    expect(fields.filter((name) => PERSONAL.test(name) || UNPUBLISHED_FIELDS.has(name))).toEqual([]);
  });

  it('is not in a schema where a definition says that it is personal', () => {
    const left = streamTypes.flatMap(({ category, events }) =>
      Object.entries(events).flatMap(([type, definition]) => {
        const schema = now.components.schemas[publicType(category, type) ?? ''];
        const fields = new Set(schema ? propertiesOf(schema).map((path) => path.join('.')) : []);
        return personalPaths(definition)
          .filter((path) => fields.has(path))
          .map((path) => `${type}.${path}`);
      }),
    );
    expect(left).toEqual([]);
  });
});
