import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches, ValidateBy } from 'class-validator';
import { NETWORK_ID } from '../domain/network.js';

export const ChannelId = () =>
  applyDecorators(
    Matches(NETWORK_ID, { message: `$property must match ${NETWORK_ID.source}` }),
    ApiProperty({ type: String, pattern: NETWORK_ID.source, example: 'web-uk' }),
  );

const code = (name: string, example: string, isValid: (value: unknown) => boolean) => () =>
  applyDecorators(
    ValidateBy({ name, validator: { validate: isValid, defaultMessage: () => `$property must be a valid ${name}` } }),
    ApiProperty({ type: String, example }),
  );

/** GS1 Global Location Number: 13 digits, of which the last checks the others (weights 1 and 3 from the left). */
const isGln = (value: unknown) => {
  if (typeof value !== 'string' || !/^\d{13}$/.test(value)) return false;
  const sum = Array.from(value).reduce((all, digit, index) => all + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
};

/** Well-formed after BCP 47. */
const isLanguageTag = (value: unknown) => {
  if (typeof value !== 'string' || value.length > 35) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
};

export const Gln = code('GLN', '5012345000008', isGln);
export const LanguageTag = code('BCP 47 language tag', 'en-GB', isLanguageTag);
