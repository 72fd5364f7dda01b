import { type Kind } from './kinds.js';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Description {
  readonly name: string;
  /** An older name of the variable, which is read where the newer one is not set. */
  readonly formerName?: string;
  /** Sentences for the page of configuration. */
  readonly meaning: string;
  /** What the page says of the default where it depends on how the app is started. */
  readonly defaultMeaning?: string;
}

/** One environment variable. An empty text counts as none. */
export interface Variable<Value> extends Description {
  readonly kind: Kind<Value>;
  /** Whether the app does not start without it. */
  readonly isRequired: boolean;
  /** What is read where the variable is not set. */
  readonly defaultText?: string;
}

/** A variable without which the app does not start. */
export const requiredVariable = <Value>(kind: Kind<Value>, description: Description): Variable<Value> => ({
  ...description,
  kind,
  isRequired: true,
});

/** A variable that is undefined where it is left out. */
export const optionalVariable = <Value>(kind: Kind<Value>, description: Description): Variable<Value | undefined> => {
  const { name, formerName, meaning, defaultMeaning } = description; // a whole variable would bring its default along
  return {
    name,
    ...(formerName !== undefined && { formerName }),
    meaning,
    ...(defaultMeaning !== undefined && { defaultMeaning }),
    kind,
    isRequired: false,
  };
};

/** A variable that is read as `defaultText` where it is left out. */
export const variableWithDefault = <Value>(
  kind: Kind<Value>,
  defaultText: string,
  description: Description,
): Variable<Value> => ({ ...description, kind, isRequired: false, defaultText });

/** The variables of one app, by the names that its code has for their values. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

export type SettingsOf<Of extends Variables> = {
  readonly [Name in keyof Of]: Of[Name] extends Variable<infer Value> ? Value : never;
};

/** Names every environment variable that is wrong, each with what it has to be. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    const title = `${problems.length} environment variables are wrong.`;
    super(problems.length === 1 ? problems[0] : [title, ...problems].join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads the settings of an app from its environment. A table of our own and no library: the smallest one that reads
 * such a table, zod/mini 4.6, costs each process 50 ms of CPU when it starts.
 * @param contradictions what is wrong between variables that are right alone, a sentence each
 * @throws SettingsError that names every variable that is missing or wrong
 */
export const readSettings = <Of extends Variables>(
  variables: Of,
  env: Environment,
  contradictions: readonly string[] = [],
): SettingsOf<Of> => {
  const found = Object.entries(variables).map(([name, variable]) => [name, read(variable, env)] as const);
  const problems = [...found.flatMap(([, { problem }]) => problem ?? []), ...contradictions];
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(found.map(([name, { value }]) => [name, value])) as SettingsOf<Of>;
};

/**
 * Looks at those variables that are set, for a program that starts apps and sets the other variables itself.
 * @throws SettingsError that names every variable that is wrong
 */
export const checkSettings = (apps: readonly Variables[], env: Environment): void => {
  const problems = apps
    .flatMap((app) => Object.values(app))
    .filter((variable) => textOf(variable, env) !== undefined)
    .flatMap((variable) => read(variable, env).problem ?? []);
  if (problems.length > 0) throw new SettingsError([...new Set(problems)]);
};

const textOf = ({ name, formerName }: Description, env: Environment) =>
  [env[name], formerName === undefined ? undefined : env[formerName]].find((text) => text !== undefined && text !== '');

interface Reading {
  readonly value?: unknown;
  readonly problem?: string;
}

const read = (variable: Variable<unknown>, env: Environment): Reading => {
  const { name, kind, isRequired, defaultText } = variable;
  const text = textOf(variable, env) ?? defaultText;
  const fix = `Set it to ${kind.expected}.`;
  if (text === undefined) return isRequired ? { problem: `${name} is not set. ${fix}` } : {};
  const wrapping = wrappingOf(text);
  if (wrapping !== undefined) return { problem: `${name} ${wrapping}: remove them. ${fix}` };
  const value = kind.parse(text);
  if (value !== undefined) return { value };
  return { problem: `${name} is ${kind.isSecret ? 'wrong' : JSON.stringify(text)}. ${fix}` };
};

/** What files of variables and secrets made with `echo` add to a value, which is invisible in a secret. */
const wrappingOf = (text: string) => {
  if (text.trim() !== text) return 'begins or ends with blanks or line breaks';
  return /^(["']).*\1$/s.test(text) ? 'stands in quotation marks' : undefined;
};

/** One line of the page of configuration. */
export interface SettingsTableRow {
  readonly name: string;
  readonly formerName: string | undefined;
  /** The apps that read the variable. */
  readonly apps: readonly string[];
  /** Those of them that do not start without it. */
  readonly requiredBy: readonly string[];
  /** Undefined where there is none. */
  readonly default: string | undefined;
  /** What the value may be, for example "a whole number from 0 to 65535". */
  readonly expected: string;
  readonly meaning: string;
}

/** All variables in the order in which they are first named. @param apps the variables of each app, by its name */
export const settingsTableOf = (apps: Readonly<Record<string, Variables>>): readonly SettingsTableRow[] => {
  const rows = new Map<string, SettingsTableRow>();
  for (const [app, variables] of Object.entries(apps)) {
    for (const variable of Object.values(variables)) {
      const row = rows.get(variable.name) ?? rowOf(variable);
      const requiredBy = variable.isRequired ? [...row.requiredBy, app] : row.requiredBy;
      rows.set(variable.name, { ...row, apps: [...row.apps, app], requiredBy });
    }
  }
  return [...rows.values()];
};

const rowOf = ({
  name,
  formerName,
  kind,
  meaning,
  defaultText,
  defaultMeaning,
}: Variable<unknown>): SettingsTableRow => ({
  name,
  formerName,
  apps: [],
  requiredBy: [],
  default: defaultMeaning ?? defaultText,
  expected: kind.expected,
  meaning,
});
