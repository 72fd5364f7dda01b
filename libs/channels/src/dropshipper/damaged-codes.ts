const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d{1,3}$/i;
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';
const DATE = new RegExp(`^(?:\\d{1,2}-${MONTH}|${MONTH}-\\d{2}|\\d{1,2}-${MONTH}-\\d{2,4})$`, 'i');

/** What a spreadsheet has made of a code that it took for a number or a day; undefined where the code shows nothing. */
export const spreadsheetDamage = (code: string): string | undefined => {
  if (SCIENTIFIC.test(code)) return `"${code}" is a number that a spreadsheet has rounded: format the column as text`;
  if (DATE.test(code)) return `"${code}" is a day that a spreadsheet has made of a code: format the column as text`;
  return undefined;
};

/** Finds the SKUs that differ from a code by case, by leading zeros or by decimals only. */
export const knownByLikeness = (skus: readonly string[]): ((code: string) => readonly string[]) => {
  const byForm = Map.groupBy(skus, plainForm);
  return (code) => byForm.get(plainForm(code)) ?? [];
};

/** `0012345` and `12345.0` are `12345`. */
const plainForm = (code: string) => {
  const digits = /^0*(\d+?)(?:[.,]0+)?$/.exec(code)?.[1];
  return digits ?? code.toUpperCase();
};
