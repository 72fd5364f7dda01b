import { type TableColumn, type Layout, type StoredRow } from './layout.js';

/** A fold returned a row that its table cannot store. It is detected before the write, so that only one stream is parked. */
export class UnstorableRow extends TypeError {
  constructor(projection: string, property: string, value: unknown) {
    super(`${projection}.${property} cannot hold this ${value === null ? 'null' : typeof value}`); // values must not get into logs
    this.name = 'UnstorableRow';
  }
}

type Check = (value: unknown) => boolean;

const INT32 = 2_147_483_648;
/** Characters; PostgreSQL limits index entries to about 2,700 bytes. */
const MAX_KEY_LENGTH = 600;

const isText: Check = (value) => typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000');
const DAY = String.raw`(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)`;
const ISO_DAY = new RegExp(`^${DAY}$`);
const ISO_TIME = new RegExp(`^${DAY}T${TIME}$`);

/** JavaScript reads 30 February as 2 March, but PostgreSQL refuses it. */
const isInMonth = (text: string) => {
  const day = text.slice(8, 10);
  return day <= '28' || new Date(text.slice(0, 10)).toISOString().slice(8, 10) === day;
};
const isDay: Check = (value) => typeof value === 'string' && ISO_DAY.test(value) && isInMonth(value);
const isTime: Check = (value) => typeof value === 'string' && ISO_TIME.test(value) && isInMonth(value);

const isDecimal: Check = (value) => typeof value === 'string' && /^-?\d{1,100}(?:\.\d{1,100})?$/.test(value);

const isStorableJson: Check = (value) => {
  if (typeof value === 'string') return isText(value);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).every(
      ([name, inner]) => isText(name) && (inner === undefined || isStorableJson(inner)),
    );
  }
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
};

const CHECKS: Readonly<Record<string, Check>> = {
  text: isText,
  integer: (value) => Number.isInteger(value) && (value as number) < INT32 && (value as number) >= -INT32,
  bigint: Number.isSafeInteger,
  numeric: isDecimal,
  'double precision': Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: isTime,
  date: isDay,
  jsonb: isStorableJson,
};

const columnCheck = ({ type, array, nullable, primary }: TableColumn): Check => {
  const single = CHECKS[array ? type.slice(0, -2) : type];
  if (!single) throw new TypeError(`Read models have no columns of type ${type}`);
  const whole: Check = array ? (value) => Array.isArray(value) && value.every(single) : single;
  if (nullable) return (value) => value === null || value === undefined || whole(value);
  return primary && type === 'text' ? (value) => whole(value) && (value as string).length <= MAX_KEY_LENGTH : whole;
};

/** Checks the values that differ from `before`. @throws UnstorableRow */
export const rowCheck = ({ projection, columns }: Layout) => {
  const checks = columns.map((column) => ({ property: column.property, isValid: columnCheck(column) }));
  return (row: StoredRow, before?: StoredRow) => {
    for (const { property, isValid: holds } of checks) {
      const value = row[property];
      if ((!before || value !== before[property]) && !holds(value)) {
        throw new UnstorableRow(projection.name, property, value);
      }
    }
  };
};
