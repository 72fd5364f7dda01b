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
 * A port for a process that will be started on it, and started again when it has died. It is below those that outgoing
 * connections are given, or one of these could have it in between. @param preferred is taken if it is free
 */
export const freePort = async (preferred?: number): Promise<number> => {
  for (let port = preferred ?? anyPort(); ; port = anyPort()) if (await isFree(port)) return port;
};

let asked = 0;

/** Each process has a hundred of its own: two that start at once must not be told the same. */
const anyPort = () => 10_000 + (process.pid % 220) * 100 + (asked++ % 100);
