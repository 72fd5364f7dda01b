import { expect, it } from '@jest/globals';
import { bodySchemaOf } from './body-schema.js';
import { Instant, Nested, NestedList, Optional, OptionalOrNull, Reference, Sku } from './fields.js';
import { normalizerOf } from './normalizer.js';
import { DOCUMENT_NUMBER } from './stored-text.js';

class Line {
  @Sku() readonly sku!: string;
  @Optional() @Instant() readonly eta?: string;
}

class Body {
  @NestedList(() => Line, 0, 10) readonly lines!: Line[];
  @Optional() @Nested(() => Line) readonly first?: Line;
  @OptionalOrNull() @Reference('PO 1', DOCUMENT_NUMBER) readonly ref?: string;
}

const normalize = normalizerOf(bodySchemaOf(Body)) ?? (() => 'nothing to do');

it('brings texts at every depth into one way of writing, in copies', () => {
  const line = { sku: ' MUG  RED', eta: '2026-01-31T17:30+01:00' };
  const body = Object.freeze({
    ref: ' PO\u00a01',
    first: Object.freeze(line),
    lines: Object.freeze([line, { sku: 'CUP' }]),
  });
  const normal = { sku: 'MUG RED', eta: '2026-01-31T16:30:00.000Z' };
  expect(normalize(body)).toEqual({ ref: 'PO 1', first: normal, lines: [normal, { sku: 'CUP' }] });
});

it('leaves alone what is written so already, and what has another form', () => {
  for (const value of [
    { ref: 'PO 1', lines: [{ sku: 'MUG' }] },
    { lines: 'MUG ', ref: 7, first: [] },
    null,
    [],
    'text',
  ])
    expect(normalize(value)).toBe(value);
  expect(normalize({ ref: null, lines: [null, 7] })).toEqual({ ref: null, lines: [null, 7] });
  expect(normalize({ lines: [{ sku: 'MUG', eta: '2026-02-30T00:00:00Z' }] })).toEqual({
    lines: [{ sku: 'MUG', eta: '2026-02-30T00:00:00Z' }],
  });
});

it('is not needed where no text has several ways of writing', () => {
  expect(normalizerOf({ type: 'object', properties: { quantity: { type: 'integer' } } })).toBeUndefined();
});
