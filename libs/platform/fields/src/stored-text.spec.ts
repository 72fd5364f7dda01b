import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import { bodySchemaOf, type Class } from './body-schema.js';
import { AnyText, Attributes, FreeText, FreeTexts, Id, Matching, NestedList, Optional, Reference } from './fields.js';
import { ABOUT_A_PERSON, DOCUMENT_NUMBER, freeTextsOf, harmless, sealed } from './stored-text.js';

class Line {
  @FreeText(50, 'Tea', harmless('The name of goods.')) readonly title!: string;
}

class Body {
  @Id() readonly bodyId!: string;
  @Optional() @Reference('A-1', DOCUMENT_NUMBER) readonly ref?: string;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
  @Optional() @FreeText(50, 'To be checked', sealed('Staff may write about a buyer.')) readonly note?: string;
  @Optional()
  @FreeTexts({ maxItems: 3, maxLength: 50, example: ['1 High Street'] }, ABOUT_A_PERSON)
  readonly address?: string[];
  @Optional() @NestedList(() => Line, 0, 10) readonly lines?: Line[];
}

class Careless {
  @AnyText() readonly anything!: string;
  @Optional() @Matching(/^[a-z @.]+$/, { example: 'a' }) readonly almost?: string;
}

it('finds the free texts of a body, at every depth', () => {
  const { declared, undeclared } = freeTextsOf(Body);
  expect([...declared].map(([path, { as }]) => [path, as])).toEqual([
    ['ref', 'clear'],
    ['attributes', 'clear'],
    ['note', 'sealed'],
    ['address', 'sealed'],
    ['lines.title', 'clear'],
  ]);
  expect(undeclared).toEqual([]);
});

it('finds those of which nobody has said what is stored', () => {
  expect(freeTextsOf(Careless).undeclared).toEqual(['anything', 'almost']);
});

class SeveralRules {
  @Matching(/^[A-Z0-9-]+$/, { example: 'A-1' }) @Matching(/^.{3,40}$/, { example: 'A-1' }) readonly number!: string;
  @Matching(/^.{3,40}$/, { example: 'abc' }) @Matching(/^[^;]+$/, { example: 'abc' }) readonly words!: string;
  @FreeText(50, 'Tea', harmless('The name of goods.')) @Matching(/^[^;]+$/, { example: 'Tea' }) readonly title!: string;
}

it('takes all rules of a field together', () => {
  expect(bodySchemaOf(SeveralRules).properties).toMatchObject({ number: { allOf: [{}, {}] } });
  const { declared, undeclared } = freeTextsOf(SeveralRules);
  expect([...declared.keys()]).toEqual(['title']);
  expect(undeclared).toEqual(['words']);
});

const invalid = (dto: Class, body: object) => validateSync(plainToInstance(dto, body)).map(({ property }) => property);

describe('an e-mail address', () => {
  const address = 'ask ada@example.com';

  it.each([
    ['ref', { ref: address }],
    ['attributes', { attributes: { buyer: address } }],
    ['attributes', { attributes: { [address]: 'yes' } }],
    ['lines', { lines: [{ title: address }] }],
  ])('is refused in clear, in %s', (field, fields) => {
    expect(invalid(Body, { bodyId: 'b', ...fields })).toEqual([field]);
  });

  it('is taken where the text is sealed', () => {
    expect(invalid(Body, { bodyId: 'b', note: address, address: [address] })).toEqual([]);
  });

  it('is refused by the schema, too', () => {
    const { properties } = bodySchemaOf(Body) as {
      properties: Record<string, { satisfies?: (value: string) => boolean }>;
    };
    expect(properties['ref']?.satisfies?.(address)).toBe(false);
    expect(properties['note']?.satisfies?.(address)).toBe(true);
  });
});
