import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The processes that every Kontor has. */
export const PARTS = ['api', 'worker', 'event-store', 'postgres', 'payment-simulator'] as const;

/** A process of a running Kontor. */
export type Part = (typeof PARTS)[number] | 'channels';

export type Pids = Readonly<Partial<Record<Part, number>>>;

/** The parts that run as children of their supervisor. Other processes with a reused id do not count. */
export const livingParts = (dataDir: string, supervisor: number): Pids => {
  const known = Object.entries(readPids(dataDir)) as [Part, number][];
  return Object.fromEntries(known.filter(([, pid]) => isChild(pid, supervisor)));
};

const readPids = (dataDir: string): Pids => {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'pids.json'), 'utf8')) as Pids;
  } catch {
    return {}; // is being written
  }
};

/** Without /proc, any process with this id counts. A zombie does not count. */
const isChild = (pid: number, parent: number): boolean => {
  if (process.platform !== 'linux') return process.kill(pid, 0);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(ppid) === parent && state !== 'Z';
  } catch {
    return false;
  }
};
