import { type CliSettings, readCliSettings, readUpSettings, type UpSettings } from '#settings';
import { fail } from './terminal.js';

/** The settings of every command. Ends the program if one is wrong. */
export const cliSettings = (): CliSettings => {
  try {
    return readCliSettings(process.env);
  } catch (error) {
    fail(error);
    process.exit();
  }
};

/** The settings of `kontor up`. @throws SettingsError */
export const upSettings = (): UpSettings => readUpSettings(process.env);

/** The sample is paid only with a simulator: a real provider would move money. */
export const hasPaymentSimulator = (): boolean => upSettings().paymentProviderUrl === undefined;
