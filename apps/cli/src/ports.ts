import { createServer } from 'node:net';

const bind = (port: number, host: string) =>
  new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject).listen(port, host, () => probe.close(() => resolve()));
  });

/** @throws Error if the API cannot listen on the port */
export const checkPort = async (port: number, host: string): Promise<void> => {
  try {
    await bind(port, host);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use: stop what uses it, or' : `cannot be used (${message}):`;
    throw new Error(`Port ${port} ${why} choose another with --port`, { cause: error });
  }
};
