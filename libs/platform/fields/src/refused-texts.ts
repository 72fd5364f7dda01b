/** E-mail addresses, which are refused in texts stored in clear, and numbers of payment cards, which are refused in sealed texts, too. */
import { ValidateBy } from 'class-validator';
import { holdsEmailAddress } from '#kernel';
import { holdsCardNumber } from './card-number.js';

export const hasNoCardNumber = (value: unknown) => !textsOf(value, SERIAL_NUMBER).some(holdsCardNumber);

export const hasNoEmailAddress = (value: unknown) => !textsOf(value).some(holdsEmailAddress);

export const NoEmailAddress = () =>
  ValidateBy({
    name: 'noEmailAddress',
    validator: {
      validate: hasNoEmailAddress,
      defaultMessage: () =>
        '$property holds an e-mail address, which belongs in contact only: this text is not encrypted',
    },
  });

export const NoCardNumber = () =>
  ValidateBy({
    name: 'noCardNumber',
    validator: {
      validate: hasNoCardNumber,
      defaultMessage: () =>
        '$property seems to hold the number of a payment card, which must never be sent here; a serial number belongs ' +
        'in the attribute serialNumber',
    },
  });

/** The attribute for serial numbers: they are scanned, and some look like the number of a card. */
const SERIAL_NUMBER = 'serialNumber';

/** @param except the name of a property whose text is left out */
const textsOf = (value: unknown, except?: string): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' && name !== except ? [name, text] : [],
  );
};
