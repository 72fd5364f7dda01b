import { applyDecorators } from '@nestjs/common';
import { Matches, ValidateBy, type ValidationOptions } from 'class-validator';

/** Anything but control characters; tabs and ends of lines pass. Databases refuse them, and halves of surrogate pairs, too. */
// eslint-disable-next-line no-control-regex -- the pattern finds control characters
const TEXT = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$/u;

export const isWellFormed = (text: unknown): boolean => typeof text === 'string' && text.isWellFormed();

export const textSchema = (maxLength: number) => ({
  type: 'string',
  maxLength,
  pattern: TEXT.source,
  satisfies: isWellFormed,
});

/** Characters are counted as in JSON Schema: those outside of the basic plane are one, too. */
const isNoLongerThan = (text: unknown, maxLength: number) =>
  typeof text === 'string' && (text.length <= maxLength || Array.from(text).length <= maxLength);

export const isText = (text: unknown, maxLength: number): boolean =>
  isNoLongerThan(text, maxLength) && isWellFormed(text) && TEXT.test(String(text));

/** As {@link textSchema}, with words for what is wrong. */
export const IsText = (maxLength: number, options?: ValidationOptions) =>
  applyDecorators(
    Matches(TEXT, options),
    rule('wellFormed', isWellFormed, 'has half of a surrogate pair', options),
    rule(
      'maxLength',
      (text) => isNoLongerThan(text, maxLength),
      `must be shorter than or equal to ${maxLength} characters`,
      options,
    ),
  );

const rule = (name: string, validate: (text: unknown) => boolean, message: string, options?: ValidationOptions) =>
  ValidateBy({ name, validator: { validate, defaultMessage: () => `$property ${message}` } }, options);
