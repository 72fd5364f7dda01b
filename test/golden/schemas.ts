/** JSON Schemas of TypeScript types. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
}

const PLAIN = [
  [ts.TypeFlags.StringLike, 'string'],
  [ts.TypeFlags.NumberLike, 'number'],
  [ts.TypeFlags.Null, 'null'],
] as const;

/** Makes schemas of the data of events from the `…Event` types in files. */
export class Schemas {
  private readonly checker: ts.TypeChecker;
  private readonly declarations = new Map<string, ts.Type>();

  constructor(root: string, patterns: readonly string[]) {
    const files = globSync([...patterns], { cwd: root }).filter((file) => !/\.(spec|int-spec|fixture)\.ts$/.test(file));
    const json = ts.readJsonConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const host = { ...ts.sys, readDirectory: () => [] };
    const { options } = ts.parseJsonSourceFileConfigFileContent(json, host, root);
    const paths = files.map((file) => join(root, file));
    const program = ts.createProgram(paths, { ...options, types: [], noEmit: true });
    this.checker = program.getTypeChecker();
    for (const node of paths.flatMap((file) => [...(program.getSourceFile(file)?.statements ?? [])])) {
      const named = ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
      if (named) this.declarations.set(node.name.text, this.checker.getTypeAtLocation(node.name));
    }
  }

  /** Event type → schema of its data. */
  events(): ReadonlyMap<string, Schema> {
    const unions = [...this.declarations].filter(([name]) => name.endsWith('Event')).map(([, type]) => type);
    const events = new Map<string, Schema>();
    for (const event of unions.flatMap((type) => (type.isUnion() ? type.types : [type]))) {
      const [type, data] = ['type', 'data'].map((name) => this.member(event, name));
      if (type?.isStringLiteral() && data) events.set(type.value, this.schemaOf(data));
    }
    return events;
  }

  private member(type: ts.Type, name: string): ts.Type | undefined {
    const symbol = this.checker.getPropertyOfType(type, name);
    return symbol && this.checker.getTypeOfSymbol(symbol);
  }

  private schemaOf(type: ts.Type): Schema {
    if (type.isUnion()) return this.union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { enum: [this.checker.typeToString(type) === 'true'] };
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.object(type);
    const plain = PLAIN.find(([flag]) => type.flags & flag);
    return plain ? { type: plain[1] } : {}; // unknown: anything
  }

  private union(types: readonly ts.Type[]): Schema {
    const schemas = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)).map((type) => this.schemaOf(type));
    const values = schemas.flatMap((schema) => schema.enum ?? []);
    const others = schemas.filter((schema) => !schema.enum);
    const both = values.includes(true) && values.includes(false);
    const literal: Schema[] = values.length === 0 ? [] : [both ? { type: 'boolean' } : { enum: values.toSorted() }];
    const distinct = [...new Map([...literal, ...others].map((schema) => [JSON.stringify(schema), schema])).values()];
    const [only] = distinct;
    return only && distinct.length === 1 ? only : { anyOf: distinct };
  }

  private object(type: ts.Type): Schema {
    const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
    if (this.checker.isArrayType(type) && item) return { type: 'array', items: this.schemaOf(item) };
    const symbols = this.checker.getPropertiesOfType(type).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const [index] = this.checker.getIndexInfosOfType(type);
    const required = symbols.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(symbols.map((symbol) => [symbol.name, this.property(symbol)])),
      ...(required.length > 0 && { required }),
      ...(index && { additionalProperties: this.schemaOf(index.type) }),
    };
  }

  private property(symbol: ts.Symbol): Schema {
    const description = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    return { ...(description && { description }), ...this.schemaOf(this.checker.getTypeOfSymbol(symbol)) };
  }
}

/** The part of the schemas of answers that the published contract uses. */
export interface AnswerSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly required?: readonly string[];
  readonly items?: AnswerSchema;
}

/** The schema of an answer as the published contract writes it: integers are numbers, and texts have no format. */
export const asPublished = ({ type, description, properties, required, items }: AnswerSchema): Schema => ({
  ...(description !== undefined && { description }),
  ...(typeof type === 'string' && { type: type === 'integer' ? 'number' : type }),
  ...(typeof type === 'object' && { anyOf: type.toSorted().map((one) => ({ type: one })) }),
  ...(properties && {
    properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, asPublished(one)])),
  }),
  ...(required && { required: required.toSorted() }),
  ...(items && { items: asPublished(items) }),
});

/** Without the property at a path, in every item and alternative on the way. */
export const withoutPath = (schema: Schema, path: readonly string[]): Schema => {
  if (schema.items) return { ...schema, items: withoutPath(schema.items, path) };
  if (schema.anyOf) return { ...schema, anyOf: schema.anyOf.map((one) => withoutPath(one, path)) };
  return withoutProperty(schema, path);
};

const withoutProperty = (schema: Schema, [name = '', ...rest]: readonly string[]): Schema => {
  const { [name]: found, ...properties } = schema.properties ?? {};
  if (!found) return schema;
  if (rest.length > 0) return { ...schema, properties: { ...properties, [name]: withoutPath(found, rest) } };
  return { ...schema, properties, required: schema.required?.filter((one) => one !== name) ?? [] };
};

const parts = ({ items, anyOf = [] }: Schema): readonly Schema[] => (items ? [items, ...anyOf] : anyOf);

/** Each property in it, however deep, by its path. */
export const propertiesOf = (schema: Schema, at: readonly string[] = []): readonly (readonly string[])[] => [
  ...parts(schema).flatMap((part) => propertiesOf(part, at)),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    [...at, name],
    ...propertiesOf(property, [...at, name]),
  ]),
];

const nowOptional = (before: Schema, now: Schema): readonly string[] =>
  (before.required ?? []).filter((name) => now.properties?.[name] && !now.required?.includes(name));

const retyped = ({ type: was = 'a choice' }: Schema, { type: is = 'a choice' }: Schema): readonly string[] =>
  was === is ? [] : [`was ${was} and is ${is}`];

/** Changes, in words, that can break a consumer that was written for `before`. Added fields do not. */
export const broken = (before: Schema, now: Schema, at = 'data'): readonly string[] => [
  ...Object.entries(before.properties ?? {}).flatMap(([name, property]) => {
    const found = now.properties?.[name];
    return found ? broken(property, found, `${at}.${name}`) : [`${at}.${name} is gone`];
  }),
  ...nowOptional(before, now).map((name) => `${at}.${name} may now be absent`),
  ...retyped(before, now).map((how) => `${at} ${how}`),
  ...(before.items && now.items ? broken(before.items, now.items, `${at}[]`) : []),
];
