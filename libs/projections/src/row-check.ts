import { type LaidOutColumn, type Layout, type StoredRow } from './layout.js';

const show = (value: unknown) => (value === undefined ? 'undefined' : JSON.stringify(value).slice(0, 100));

/** A fold gave a row that its table cannot hold. Found before the database does, so that only one stream waits. */
export class UnstorableRow extends TypeError {
  constructor(projection: string, property: string, value: unknown) {
    super(`${projection}.${property} cannot hold ${show(value)}`);
    this.name = 'UnstorableRow';
  }
}

type Check = (value: unknown) => boolean;

const INT32 = 2_147_483_648;
/** Index entries have a limit in PostgreSQL, about 2,700 bytes. */
const MAX_KEY = 600;

const isText: Check = (value) => typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000');
const isIsoTime = (text: string) => {
  const time = Date.parse(text);
  return text.length === 24 && !text.startsWith('0000') && time === time && new Date(time).toISOString() === text;
};

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
  'double precision': Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: (value) => typeof value === 'string' && isIsoTime(value),
  date: (value) => typeof value === 'string' && isIsoTime(`${value}T00:00:00.000Z`),
  jsonb: isStorableJson,
};

const checkOf = ({ type, array, nullable, primary }: LaidOutColumn): Check => {
  const single = CHECKS[array ? type.slice(0, -2) : type];
  if (!single) throw new TypeError(`Read models have no columns of type ${type}`);
  const whole: Check = array ? (value) => Array.isArray(value) && value.every(single) : single;
  if (nullable) return (value) => value === null || value === undefined || whole(value);
  return primary && type === 'text' ? (value) => whole(value) && (value as string).length <= MAX_KEY : whole;
};

/** Checks what has changed since `before`. @throws UnstorableRow */
export const rowCheck = ({ projection, columns }: Layout) => {
  const checks = columns.map((column) => ({ property: column.property, holds: checkOf(column) }));
  return (row: StoredRow, before?: StoredRow) => {
    for (const { property, holds } of checks) {
      const value = row[property];
      if ((!before || value !== before[property]) && !holds(value)) {
        throw new UnstorableRow(projection.name, property, value);
      }
    }
  };
};
