/** Thirteen to nineteen digits, in one piece or grouped as on a card. */
const CARD_SHAPED =
  /(?<!\d)[2-6](?:\d{12,18}|\d{3}(?:[ .-]\d{4}){2,3}(?:[ .-]\d{1,4})?|\d{3}[ .-]\d{6}[ .-]\d{4,5})(?!\d)/g;

/** Whether a text holds what looks like a payment card's number, which must not be kept. */
export const holdsCardNumber = (text: string) =>
  (text.match(CARD_SHAPED) ?? []).some((match) => {
    const digits = Array.from(match.replaceAll(/\D/g, ''), Number);
    return digits.length >= 13 && isLuhn(digits) && !isGtin(digits);
  });

/** Check digit of ISO/IEC 7812. */
const isLuhn = (digits: readonly number[]) =>
  digits.toReversed().reduce((sum, digit, index) => sum + (index % 2 === 0 ? digit : ((digit * 2 - 1) % 9) + 1), 0) %
    10 ===
  0;

/** Check digit of a GTIN-13 or -14: every tenth barcode passes Luhn's test as well. */
const isGtin = (digits: readonly number[]) =>
  digits.length <= 14 &&
  digits.toReversed().reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
