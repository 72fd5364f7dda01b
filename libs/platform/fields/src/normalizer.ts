import { type ValueSchema } from './body-schema.js';

type Normalizer = (value: unknown) => unknown;

/**
 * What brings the texts of a value into the one way of writing their kind, before the value is validated. It copies what it
 * changes, and leaves alone what has another form than the schema says.
 * @returns undefined where nothing is to be done
 */
export const normalizerOf = (schema: ValueSchema): Normalizer | undefined => {
  const { allOf = [], anyOf = [] } = schema as { allOf?: ValueSchema[]; anyOf?: ValueSchema[] };
  const all = [ofText(schema), ofObject(schema), ofList(schema), ...[...allOf, ...anyOf].map(normalizerOf)];
  const found = all.filter((one) => one !== undefined);
  return found.length === 0 ? undefined : (value) => found.reduce((before, normalize) => normalize(before), value);
};

const ofText = ({ normalize }: ValueSchema): Normalizer | undefined =>
  normalize && ((value) => (typeof value === 'string' ? normalize(value) : value));

const ofObject = (schema: ValueSchema): Normalizer | undefined => {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, ValueSchema>> };
  const fields = Object.entries(properties).flatMap(([name, property]) => {
    const normalize = normalizerOf(property);
    return normalize ? [{ name, normalize }] : [];
  });
  if (fields.length === 0) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    let object = value as Readonly<Record<string, unknown>>;
    for (const { name, normalize } of fields) {
      const [before, after] = [object[name], normalize(object[name])];
      if (after !== before) object = { ...object, [name]: after };
    }
    return object;
  };
};

const ofList = ({ items }: ValueSchema): Normalizer | undefined => {
  const normalize = items === undefined ? undefined : normalizerOf(items as ValueSchema);
  if (!normalize) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return value;
    const list: unknown[] = value.map((item) => normalize(item));
    return list.some((item, index) => item !== value[index]) ? list : (value as unknown[]);
  };
};
