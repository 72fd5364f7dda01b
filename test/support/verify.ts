import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type Kontor } from './kontor.js';

interface Report {
  readonly findings: readonly { readonly invariant: string; readonly failed: number; readonly violations: unknown }[];
  readonly parked: { readonly readModels: readonly object[]; readonly processes: readonly object[] };
}

/** What `kontor verify` finds wrong, and what waits for a person, once everything is quiet. @throws Error without an answer */
export const wrongsOf = async (kontor: Kontor): Promise<unknown[]> => {
  await kontor.settled();
  const args = [resolve('dist/apps/cli/src/main.js'), 'verify', '--json', '--data', kontor.dataDir];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(`kontor verify says nothing: ${stderr}`);
  const { findings, parked } = JSON.parse(stdout) as Report;
  const broken = findings.filter(({ failed }) => failed > 0);
  return [...broken, ...parked.readModels, ...parked.processes];
};
