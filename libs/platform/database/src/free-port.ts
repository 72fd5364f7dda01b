import { once } from 'node:events';
import { createServer } from 'node:net';

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  await new Promise((closed) => server.close(closed));
  return free;
};

/**
 * Finds a free port for a process that may be restarted on it. The port is below the range of outgoing connections, which
 * could otherwise take it between two starts. @param preferred is returned if it is free
 */
export const freePort = async (preferred?: number): Promise<number> => {
  for (let port = preferred ?? nextPort(); ; port = nextPort()) if (await isFree(port)) return port;
};

let issuedPorts = 0;

/** Each process has a range of 100 ports, so that two processes that start at once get different ones. */
const nextPort = () => 10_000 + (process.pid % 220) * 100 + (issuedPorts++ % 100);
