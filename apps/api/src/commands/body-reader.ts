import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { bodySchemaOf, type Class, defaultsOf, normalizerOf } from '#fields';
import { Problem } from '../http/problem.js';

type Plain = Readonly<Record<string, unknown>>;

interface BodyRules {
  readonly hasDefaults: boolean;
  readonly normalize: (body: unknown) => unknown;
  readonly isValid: ValidateFunction;
}

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  validationError: { target: false, value: true },
};
const MAX_ERRORS = 50;
/** Levels of nesting in a body. */
const MAX_DEPTH = 8;

// The schemas are generated. Checking them against the meta-schema would delay the first command by 100 ms.
const ajv = new Ajv({
  unicodeRegExp: true,
  strictTypes: false,
  validateFormats: false,
  meta: false,
  validateSchema: false,
});
ajv.addKeyword({
  keyword: 'satisfies',
  errors: false,
  validate: (satisfies: (value: unknown) => boolean, value: unknown) => satisfies(value),
});
ajv.addVocabulary(['normalize', 'example', 'stored']); // the first is done before, the others are for people

/** Compiled on first use: each takes 3 to 30 ms of CPU, and no installation uses all commands. */
const rules = new Map<Class, BodyRules>();

const rulesOf = (dto: Class): BodyRules => {
  const known = rules.get(dto);
  if (known) return known;
  const hasDefaults = Object.keys(defaultsOf(dto)).length > 0;
  const schema = bodySchemaOf(dto);
  const made = { hasDefaults, normalize: normalizerOf(schema) ?? ((body) => body), isValid: ajv.compile(schema) };
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

/** The field is empty if the whole body is wrong. Messages of class-validator begin with the last name of the field. */
const sentenceOf = ({ field, message }: FieldError) => {
  const name = field.split('.').at(-1) ?? '';
  const rest = name !== '' && message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return field === '' ? message : `${field} ${rest}`;
};

/** Rules about the kind of a value, named as in class-validator. */
const KINDS = ['isArray', 'isInt', 'isNumber', 'isString', 'isBoolean', 'isObject'];

/** An absent field breaks every rule, and a value of the wrong kind every rule for its kind: one message is enough. */
const messagesOf = (constraints: Readonly<Record<string, string>>, isAbsent: boolean) => {
  if (isAbsent) return ['is required'];
  if (constraints['whitelistValidation'] !== undefined) return ['is not a field of this command'];
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

/** Errors that class-validator misses, such as a list in a list, whose items it takes for those of the outer list. */
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
 * Refuses names of built-in properties, because class-validator takes them for known fields, and bodies that are nested too deep.
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
 * Reads the body that a DTO describes, and adds defaults. JSON Schema decides whether it is valid, in a tenth of the time of
 * class-validator, which only explains what is wrong.
 * @throws Problem `validation-failed` with one entry in `errors` per broken rule
 */
export const readBody = <Dto extends object>(dto: new () => Dto, sent: unknown): Dto => {
  if (!isPlain(sent)) throw invalidFields([{ field: '', message: 'the body must be a JSON object' }]);
  checkNames(sent);
  const { hasDefaults, normalize, isValid } = rulesOf(dto);
  const body = normalize(hasDefaults ? { ...defaultsOf(dto), ...sent } : sent) as Plain;
  if (!isValid(body)) throw invalidFields(errorsIn(dto, body, isValid.errors ?? []));
  return body as Dto;
};
