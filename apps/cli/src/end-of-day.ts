/** @returns the last instant of a day (UTC) for a date such as 2030-01-31; any other text as it is */
export const endOfDay = (text: string): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59.999Z` : text);
