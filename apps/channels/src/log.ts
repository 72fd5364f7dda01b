/** One line of JSON per event of the host's own life. Never personal data. */
export const log = (message: string, details: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), app: 'channels', message, ...details })}\n`);
};
