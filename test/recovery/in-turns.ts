import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Kontor } from '../support/kontor.js';

const PARTS = ['api', 'worker', 'event-store', 'postgres'] as const;
/** Each process runs for 15 % of the time, and never at the same time as another one. */
const RUNS_MS = 150;
const EVERY_MS = 1_000;

/** Lets the processes of a Kontor run one after the other, and stops them in between, until the signal aborts. Linux only. */
export const runInTurns = async (kontor: Kontor, signal: AbortSignal): Promise<void> => {
  const stopped = new Set<number>();
  const stop = (pid: number) => {
    stopped.add(pid);
    send(pid, 'SIGSTOP');
  };
  const pidsOf = (part: (typeof PARTS)[number]) => withChildren(kontor.pids()[part]);
  try {
    for (const part of PARTS) pidsOf(part).forEach(stop);
    for (let turn = 0; !signal.aborted; turn++) {
      const part = PARTS[turn % PARTS.length] ?? 'api';
      for (const pid of pidsOf(part)) send(pid, 'SIGCONT');
      await pause(RUNS_MS);
      pidsOf(part).forEach(stop);
      await pause(EVERY_MS / PARTS.length - RUNS_MS);
    }
  } finally {
    for (const pid of stopped) send(pid, 'SIGCONT');
  }
};

const send = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
};

/** A process with its children: PostgreSQL has one for each connection. */
const withChildren = (pid: number | undefined): readonly number[] =>
  pid === undefined ? [] : [pid, ...processes().filter((one) => parentOf(one) === pid)];

const processes = () =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

const parentOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has ended
  }
};
