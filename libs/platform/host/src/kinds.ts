/** What the text of an environment variable may be, and what is made of it. */
export interface Kind<Value> {
  /** Completes the sentence "Set it to …": it says what the text may be. */
  readonly expected: string;
  /** Of a secret, the text appears in no message. */
  readonly isSecret?: boolean;
  /** @returns undefined when the text is not what is expected */
  readonly parse: (text: string) => Value | undefined;
}

const MAX_PORT = 65_535;

/** A kind whose texts are what a pattern allows, taken as they are. */
const textLike = (pattern: RegExp, expected: string, isSecret = false): Kind<string> => ({
  expected,
  isSecret,
  parse: (text) => (pattern.test(text) ? text : undefined),
});

export const port: Kind<number> = {
  expected: `a whole number from 0 to ${MAX_PORT}; 0 takes any free port`,
  parse: (text) => (/^\d+$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined),
};

/** @param unit completes the sentence "a number of … above 0" */
export const positiveNumberOf = (unit: string): Kind<number> => ({
  expected: `a number of ${unit} above 0`,
  parse: (text) => (Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined),
});

/** Reads a number of MiB as bytes. */
export const mebibytes: Kind<number> = {
  expected: 'a number of MiB above 0',
  parse: (text) => {
    const mebibytes = positiveNumberOf('MiB').parse(text);
    return mebibytes && mebibytes * 1024 * 1024;
  },
};

export const oneOf = <const Option extends string>(options: readonly Option[]): Kind<Option> => ({
  expected: `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`,
  parse: (text) => options.find((option) => option === text),
});

/** A list with commas between its members, none of them twice. */
export const someOf = <const Option extends string>(options: readonly Option[]): Kind<ReadonlySet<Option>> => ({
  expected: `some of ${options.join(', ')}, with commas between them`,
  parse: (text) => {
    const named = text.split(',').map((one) => options.find((option) => option === one.trim()));
    return named.includes(undefined) ? undefined : new Set(named.filter((one) => one !== undefined));
  },
});

const ADDRESS = /^(\[[\da-f:]+\]|[^\s:,]+):\d{1,5}$/i;

/** Addresses with commas between them: `host:port,host:port`. */
export const addresses: Kind<readonly string[]> = {
  expected: 'addresses like kafka-1:9092,kafka-2:9092',
  parse: (text) => {
    const named = text.split(',').filter((one) => one !== '');
    return named.length > 0 && named.every((one) => ADDRESS.test(one)) ? named : undefined;
  },
};

export const httpUrl: Kind<string> = {
  expected: 'an address like https://example.com',
  parse: (text) => (/^https?:\/\//.test(text) && URL.canParse(text) ? text.replace(/\/+$/, '') : undefined),
};

/** It may hold a password. @param role of the database, which is the user of the example */
export const postgresUrl = (role: string): Kind<string> =>
  textLike(/^postgres(ql)?:\/\/\S+$/, `a connection string like postgres://${role}:<password>@host:5432/kontor`, true);

/** It may hold a password. */
export const eventStoreUrl: Kind<string> = textLike(
  /^esdb(\+discover)?:\/\/\S+$/,
  'a connection string like esdb://user:<password>@host:2113?tls=true',
  true,
);

export const secretText: Kind<string> = { expected: 'a secret text', isSecret: true, parse: (text) => text };
export const anyText = (expected: string): Kind<string> => ({ expected, parse: (text) => text });

const KEY_BYTES = 32;

/** The text of a 256-bit key. */
export const base64Key: Kind<string> = {
  expected: `${KEY_BYTES} random bytes in base64, which openssl rand -base64 ${KEY_BYTES} makes`,
  isSecret: true,
  parse: (text) => {
    const bytes = Buffer.from(text.trim(), 'base64');
    return bytes.length === KEY_BYTES && bytes.toString('base64') === text.trim() ? text : undefined;
  },
};

/** A JSON object whose members have these names, and numbers for values. */
export const numbersByName = (names: readonly string[], example: string): Kind<Readonly<Record<string, number>>> => ({
  expected: `a JSON object like ${example} with some of ${names.join(', ')}`,
  parse: (text) => {
    const members = membersOf(text);
    const isRight = members?.every(([name, value]) => names.includes(name) && typeof value === 'number');
    return isRight ? Object.fromEntries(members?.map(([name, value]) => [name, Number(value)]) ?? []) : undefined;
  },
});

const membersOf = (json: string): [string, unknown][] | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
  } catch {
    return undefined;
  }
};
