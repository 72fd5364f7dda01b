import { readdirSync, readFileSync } from 'node:fs';

/** The unit of process times in Linux' /proc. */
const TICK_MS = 10;

interface Stat {
  readonly parent: number;
  /** CPU time of the process and its ended children, in milliseconds. */
  readonly cpuMs: number;
}

const statOf = (pid: number): Stat | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, cpuMs: (utime + stime + cutime + cstime) * TICK_MS };
  } catch {
    return undefined; // the process has ended
  }
};

const childrenOf = (pid: number) =>
  readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && statOf(other)?.parent === pid);

const memoryOf = (pid: number, field: string) => {
  try {
    const text = readFileSync(`/proc/${pid}/${field === 'Pss' ? 'smaps_rollup' : 'status'}`, 'latin1');
    return Number(new RegExp(`^${field}: *(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
};

export type Usage = Readonly<Record<string, { readonly cpuMs: number; readonly memoryMiB: number }>>;

/** CPU time since the start, and current memory, of each process with its children, such as PostgreSQL's backends. */
export const usageOf = (pids: Readonly<Record<string, number>>): Usage =>
  Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const family = [pid, ...childrenOf(pid)];
      const cpuMs = family.reduce((sum, one) => sum + (statOf(one)?.cpuMs ?? 0), 0);
      // The proportional set size counts PostgreSQL's shared memory once.
      const kib = family.reduce((sum, one) => sum + memoryOf(one, 'Pss'), 0);
      return [name, { cpuMs, memoryMiB: Math.round(kib / 1024) }];
    }),
  );

/** Milliseconds of CPU between two measurements, by process and in total. */
export const cpuBetween = (before: Usage, after: Usage) => {
  const each = Object.entries(after).map(([name, { cpuMs }]) => [name, cpuMs - (before[name]?.cpuMs ?? 0)] as const);
  return { each: Object.fromEntries(each), total: each.reduce((sum, [, ms]) => sum + ms, 0) };
};
