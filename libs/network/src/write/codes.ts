/** A GS1 Global Location Number: 13 digits, the last of which checks the others (weights 1 and 3 from the left). */
export const isGln = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{13}$/.test(value)) return false;
  const sum = Array.from(value).reduce((all, digit, index) => all + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
};

/** A language tag that is well-formed after BCP 47. */
export const isLanguageTag = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > 35) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
};
