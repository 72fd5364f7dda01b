import { Code, Matching } from '#fields';
import { NETWORK_ID } from '../domain/network.js';

export const ChannelId = () => Matching(NETWORK_ID, { example: 'web-uk' });

/** GS1 Global Location Number: 13 digits, of which the last is a check digit (weights 1 and 3 from the left). */
const isGln = (value: unknown) => {
  if (typeof value !== 'string' || !/^\d{13}$/.test(value)) return false;
  const sum = Array.from(value).reduce((all, digit, index) => all + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
};

/** Whether the tag is well-formed by BCP 47. */
const isLanguageTag = (value: unknown) => {
  if (typeof value !== 'string' || value.length > 35) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
};

export const Gln = () => Code('GLN', { format: 'gln', pattern: String.raw`^\d{13}$`, example: '5012345000008' }, isGln);
export const LanguageTag = () =>
  Code('BCP 47 language tag', { format: 'language-tag', maxLength: 35, example: 'en-GB' }, isLanguageTag);
