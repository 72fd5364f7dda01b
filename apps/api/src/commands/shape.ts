import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes, type MetadataStorage, type ValidationArguments } from 'class-validator';

export type Class = new () => object;
export type Plain = Record<string, unknown>;

type Metadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];
type Test = (value: unknown, object: Plain) => boolean;

/** What a DTO class says of one field. */
interface Field {
  readonly name: string;
  /** The others count only where all of these hold. */
  readonly conditions: readonly Test[];
  readonly tests: readonly Test[];
  readonly isNested: boolean;
}

/** What a DTO class says in its decorators: found once per class, then only followed. */
export interface Shape {
  readonly prototype: object;
  readonly defaults: readonly (readonly [name: string, value: unknown])[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly nested: Map<string, Shape>;
}

const shapes = new Map<Class, Shape>();

export const shapeOf = (type: Class): Shape => {
  const known = shapes.get(type);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const byName = Map.groupBy(metadata, ({ propertyName }) => propertyName);
  const shape: Shape = {
    prototype: type.prototype as object,
    defaults: Object.entries(new type()).filter(([, value]) => value !== undefined),
    fields: new Map([...byName].map(([name, rules]) => [name, fieldOf(name, rules)])),
    nested: new Map(),
  };
  shapes.set(type, shape);
  for (const { name, isNested } of shape.fields.values()) {
    const inner = isNested ? typeOf(type, name) : undefined;
    if (inner) shape.nested.set(name, shapeOf(inner));
  }
  return shape;
};

/** What `@Type` says is learnt by trying it: class-transformer does not tell. */
const typeOf = (type: Class, name: string): Class | undefined => {
  const [probe] = (plainToInstance(type, { [name]: [{}] }) as Record<string, object[]>)[name] ?? [];
  return probe?.constructor as Class | undefined;
};

const fieldOf = (name: string, rules: readonly Metadata[]): Field => ({
  name,
  conditions: rules
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(
      ({ constraints }) =>
        (value, object) =>
          (constraints[0] as Condition)(object, value),
    ),
  tests: rules.filter(({ type }) => type === ValidationTypes.CUSTOM_VALIDATION).flatMap(testsOf),
  isNested: rules.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION),
});

type Condition = (object: object, value: unknown) => boolean;

const testsOf = ({ constraintCls, constraints, propertyName, each, validateIf }: Metadata): Test[] =>
  getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }): Test => {
      const args = { targetName: '', property: propertyName, constraints } as Partial<ValidationArguments>;
      return (value, object) => {
        if (validateIf && !validateIf(object, value)) return true;
        const told = Object.assign(args, { object, value }) as ValidationArguments;
        if (!each || !Array.isArray(value)) return instance.validate(value, told) === true;
        return value.every((item) => instance.validate(item, told) === true);
      };
    });

/**
 * Whether class-validator would find nothing wrong with an instance. May be wrong in saying no, never in saying yes: it
 * is asked only because it answers ten times as fast.
 */
export const isSurelyValid = (shape: Shape, object: Plain): boolean => {
  for (const name in object) if (!shape.fields.has(name)) return false;
  for (const field of shape.fields.values()) if (!isFieldValid(field, shape, object)) return false;
  return true;
};

const isFieldValid = ({ name, conditions, tests, isNested }: Field, shape: Shape, object: Plain) => {
  const value = object[name];
  for (const holds of conditions) if (!holds(value, object)) return true;
  for (const test of tests) if (!test(value, object)) return false;
  return !isNested || value === undefined || isNestedValid(shape.nested.get(name), value);
};

const isNestedValid = (shape: Shape | undefined, value: unknown): boolean => {
  if (!shape) return false;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => isPlain(item) && isSurelyValid(shape, item));
};

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
