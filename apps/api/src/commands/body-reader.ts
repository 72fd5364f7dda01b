import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { bodySchemaOf, type Class, defaultsOf } from '#fields';
import { Problem } from '../http/problem.js';

type Plain = Readonly<Record<string, unknown>>;

interface BodyRules {
  readonly hasDefaults: boolean;
  readonly isValid: ValidateFunction;
}

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  validationError: { target: false, value: true },
};
/** More would only be noise. */
const MAX_ERRORS = 50;
/** Levels of nesting in a body. */
const MAX_DEPTH = 8;

// The schemas are our own: checking them against the schema of schemas would make the first command wait for 100 ms.
const ajv = new Ajv({ unicodeRegExp: true, strictTypes: false, meta: false, validateSchema: false });
ajv.addKeyword({
  keyword: 'satisfies',
  errors: false,
  validate: (satisfies: (value: unknown) => boolean, value: unknown) => satisfies(value),
});

/** Compiled when a command is sent for the first time: 3 to 30 ms of CPU each, and nobody sends all of them. */
const rules = new Map<Class, BodyRules>();

const rulesOf = (dto: Class): BodyRules => {
  const known = rules.get(dto);
  if (known) return known;
  const hasDefaults = Object.keys(defaultsOf(dto)).length > 0;
  const made = { hasDefaults, isValid: ajv.compile(bodySchemaOf(dto)) };
  rules.set(dto, made);
  return made;
};

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface FieldError {
  readonly field: string;
  readonly message: string;
}

const invalidFields = (errors: readonly FieldError[]) =>
  new Problem('validation-failed', errors[0] ? sentenceOf(errors[0]) : 'The body is not valid.', {
    errors: errors.slice(0, MAX_ERRORS),
  });

/** The field is empty where the whole body is meant. */
const sentenceOf = ({ field, message }: FieldError) => (field === '' ? message : `${field}: ${message}`);

/** Rules about the kind of a value, by the names of class-validator. */
const KINDS = ['isArray', 'isInt', 'isNumber', 'isString', 'isBoolean', 'isObject'];

/** An absent field breaks every rule, and a value of the wrong kind every rule for its kind: one message says it all. */
const messagesOf = (constraints: Readonly<Record<string, string>>, isAbsent: boolean) => {
  if (isAbsent) return ['is required'];
  const wrongKind = KINDS.flatMap((kind) => constraints[kind] ?? []);
  return wrongKind.length > 0 ? wrongKind : Object.values(constraints);
};

const fieldErrors = (errors: readonly ValidationError[], path = ''): FieldError[] =>
  errors.flatMap(({ property, value, constraints, children = [] }) => {
    // An item of the wrong kind has no property name of its own.
    const isItem = (property as string | undefined) === undefined;
    const field = isItem ? path.slice(0, -1) : path + property;
    const messages = constraints ? messagesOf(constraints, !isItem && value === undefined) : [];
    return [...messages.map((message) => ({ field, message })), ...fieldErrors(children, `${field}.`)];
  });

/** For what class-validator does not see, such as a list in a list, which it takes for the items of the outer one. */
const schemaErrors = (errors: readonly ErrorObject[]): FieldError[] =>
  errors.map(({ instancePath, message = 'is not valid' }) => ({
    field: instancePath.slice(1).replaceAll('/', '.'),
    message,
  }));

const errorsIn = (dto: Class, body: Plain, errors: readonly ErrorObject[]): FieldError[] => {
  const found = fieldErrors(validateSync(plainToInstance(dto, body), OPTIONS));
  return found.length > 0 ? found : schemaErrors(errors);
};

/**
 * Refuses names that every object has, because class-validator takes them for known ones, and what is nested too deep.
 * @throws Problem
 */
const checkNames = (value: unknown, depth = 1): void => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalidFields([{ field: '', message: `a body has at most ${MAX_DEPTH} levels` }]);
  for (const [field, inner] of Object.entries(value)) {
    if (field in Object.prototype) throw invalidFields([{ field, message: 'is not a name for a field' }]);
    checkNames(inner, depth + 1);
  }
};

/**
 * The body that a DTO describes, with its defaults. JSON Schema decides whether it is valid, because that takes a tenth
 * of the time that class-validator takes, which then only says what is wrong.
 * @throws Problem `validation-failed` with one entry in `errors` per broken rule
 */
export const readBody = <Dto extends object>(dto: new () => Dto, sent: unknown): Dto => {
  if (!isPlain(sent)) throw invalidFields([{ field: '', message: 'the body must be a JSON object' }]);
  checkNames(sent);
  const { hasDefaults, isValid } = rulesOf(dto);
  const body = hasDefaults ? { ...defaultsOf(dto), ...sent } : sent;
  if (!isValid(body)) throw invalidFields(errorsIn(dto, body, isValid.errors ?? []));
  return body as Dto;
};
