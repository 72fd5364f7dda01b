import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { Problem } from '../http/problem.js';
import { isPlain, isSurelyValid, shapeOf, type Plain, type Shape } from './shape.js';

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  validationError: { target: false, value: true },
};
/** More would only be noise. */
const MOST_ERRORS = 50;
/** Levels of nesting in a body. */
const DEEPEST = 8;

/** Only fields that were sent or have a default are set: a DTO never holds undefined. */
const instantiate = (shape: Shape, plain: Plain): Plain => {
  const instance = Object.create(shape.prototype) as Plain;
  for (const [name, value] of shape.defaults) instance[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
  Object.assign(instance, plain);
  for (const [name, inner] of shape.nested) {
    if (instance[name] !== undefined) instance[name] = inside(inner, instance[name], name);
  }
  return instance;
};

/** class-validator would take a list in a list for its items. */
const inside = (shape: Shape, value: unknown, field: string): unknown => {
  if (!Array.isArray(value)) return isPlain(value) ? instantiate(shape, value) : value;
  return value.map((item: unknown) => {
    if (isPlain(item)) return instantiate(shape, item);
    throw invalidFields([{ field, message: 'must be a list of objects' }]);
  });
};

interface FieldError {
  readonly field: string;
  readonly message: string;
}

const invalidFields = (errors: readonly FieldError[]) =>
  new Problem('validation-failed', errors[0] ? `${errors[0].field}: ${errors[0].message}` : 'The body is not valid.', {
    errors: errors.slice(0, MOST_ERRORS),
  });

/** What is absent breaks every rule, what is no list every rule for lists: one message says it all. */
const messagesOf = ({ isArray, ...others }: Readonly<Record<string, string>>, isAbsent: boolean) => {
  if (isAbsent) return ['is required'];
  return isArray === undefined ? Object.values(others) : [isArray];
};

const fieldErrors = (errors: readonly ValidationError[], path = ''): FieldError[] =>
  errors.flatMap(({ property, value, constraints, children = [] }) => {
    // An item of the wrong kind has no property name of its own.
    const isItem = (property as string | undefined) === undefined;
    const field = isItem ? path.slice(0, -1) : path + property;
    const messages = constraints ? messagesOf(constraints, !isItem && value === undefined) : [];
    return [...messages.map((message) => ({ field, message })), ...fieldErrors(children, `${field}.`)];
  });

/**
 * Refuses names that every object has, because class-validator takes them for known ones, and what is nested too deep.
 * @throws Problem
 */
const checkNames = (value: unknown, depth = 1): void => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw invalidFields([{ field: '', message: `a body has at most ${DEEPEST} levels` }]);
  for (const [field, inner] of Object.entries(value)) {
    if (field in Object.prototype) throw invalidFields([{ field, message: 'is not a name for a field' }]);
    checkNames(inner, depth + 1);
  }
};

/**
 * Turns a parsed JSON body into a valid DTO.
 * @throws Problem `validation-failed` with one entry in `errors` per broken rule
 */
export const readBody = <Dto extends object>(type: new () => Dto, body: unknown): Dto => {
  if (!isPlain(body)) throw invalidFields([{ field: '', message: 'the body must be a JSON object' }]);
  checkNames(body);
  const shape = shapeOf(type);
  const dto = instantiate(shape, body);
  if (isSurelyValid(shape, dto)) return dto as Dto;
  const errors = validateSync(dto, OPTIONS);
  if (errors.length > 0) throw invalidFields(fieldErrors(errors));
  return dto as Dto;
};
