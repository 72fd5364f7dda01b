import { describe, expect, it } from '@jest/globals';
import * as kinds from './kinds.js';
import {
  checkSettings,
  optionalVariable,
  readSettings,
  requiredVariable,
  SettingsError,
  settingsTableOf,
  variableWithDefault,
} from './settings.js';

const variables = {
  url: requiredVariable(kinds.postgresUrl('owner'), { name: 'DB_URL', formerName: 'OLD_URL', meaning: 'A database.' }),
  port: variableWithDefault(kinds.port, '7070', { name: 'PORT', meaning: 'A port.' }),
  level: variableWithDefault(kinds.oneOf(['debug', 'info']), 'info', { name: 'LOG', meaning: 'A level.' }),
  brokers: optionalVariable(kinds.addresses, { name: 'BROKERS', meaning: 'Brokers.', defaultMeaning: 'none' }),
};
const url = 'postgres://owner:secret@host/kontor';

const problemsOf = (env: Record<string, string>, contradictions: readonly string[] = []): readonly string[] => {
  try {
    readSettings(variables, env, contradictions);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

describe('settings', () => {
  it('are what the environment says, and their defaults', () =>
    expect(readSettings(variables, { DB_URL: url, BROKERS: 'a:1,b:2' })).toEqual({
      url,
      port: 7070,
      level: 'info',
      brokers: ['a:1', 'b:2'],
    }));

  it('are not set where the text is empty', () =>
    expect(readSettings(variables, { DB_URL: url, PORT: '', BROKERS: '' })).toMatchObject({
      port: 7070,
      brokers: undefined,
    }));

  it('are read from the former name of a variable where the newer one is not set', () => {
    expect(readSettings(variables, { OLD_URL: url }).url).toBe(url);
    expect(readSettings(variables, { OLD_URL: 'postgres://old', DB_URL: url }).url).toBe(url);
  });

  it('name everything that is wrong at once, with what it has to be', () =>
    expect(problemsOf({ PORT: '70700', LOG: 'warning' }, ['PORT and LOG contradict each other.'])).toEqual([
      'DB_URL is not set. Set it to a connection string like postgres://owner:<password>@host:5432/kontor.',
      'PORT is "70700". Set it to a whole number from 0 to 65535; 0 takes any free port.',
      'LOG is "warning". Set it to debug or info.',
      'PORT and LOG contradict each other.',
    ]));

  it.each([
    [`${url}\n`, 'begins or ends with blanks or line breaks'],
    [` ${url}`, 'begins or ends with blanks or line breaks'],
    [`"${url}"`, 'stands in quotation marks'],
  ])('say what a file of secrets has put around a value: %j', (text, wrapping) =>
    expect(problemsOf({ DB_URL: text })).toEqual([
      `DB_URL ${wrapping}: remove them. Set it to a connection string like postgres://owner:<password>@host:5432/kontor.`,
    ]),
  );

  it('never print what may hold a password', () => {
    const [problem = ''] = problemsOf({ DB_URL: 'mysql://owner:secret@host' });
    expect(problem).toMatch(/^DB_URL is wrong\. Set it to/);
    expect(problem).not.toContain('secret');
  });

  it('are reported in one sentence where one is wrong, and in a list where several are', () => {
    expect(new SettingsError(['A is wrong.']).message).toBe('A is wrong.');
    expect(new SettingsError(['A is wrong.', 'B is wrong.']).message).toBe(
      '2 environment variables are wrong.\nA is wrong.\nB is wrong.',
    );
  });

  it('that are passed on to other apps are only checked where they are set', () => {
    expect(() => checkSettings([variables, variables], {})).not.toThrow();
    expect(() => checkSettings([variables, variables], { PORT: 'x' })).toThrow(/^PORT is "x"\. .*port\.$/);
  });

  it('are listed once, with the apps that read them', () => {
    const rows = settingsTableOf({ one: variables, other: { port: variables.port } });
    expect(rows.map(({ name, apps, requiredBy }) => [name, apps, requiredBy])).toEqual([
      ['DB_URL', ['one'], ['one']],
      ['PORT', ['one', 'other'], []],
      ['LOG', ['one'], []],
      ['BROKERS', ['one'], []],
    ]);
    expect(rows.map((row) => row.default)).toEqual([undefined, '7070', 'info', 'none']);
  });
});
