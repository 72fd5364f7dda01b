import { type CliSettings, readCliSettings, readUpSettings, type UpSettings } from '#settings';
import { fail } from './terminal.js';

/** Of every command. Ends the program when one is wrong. */
export const cliSettings = (): CliSettings => {
  try {
    return readCliSettings(process.env);
  } catch (error) {
    fail(error);
    process.exit();
  }
};

/** Of `kontor up`. @throws SettingsError */
export const upSettings = (): UpSettings => readUpSettings(process.env);

/** Only a simulator may be asked for payments of the sample: a real provider would move money. */
export const hasPaymentSimulator = (): boolean => upSettings().paymentProviderUrl === undefined;
