import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';

it('all arguments after event-store are passed to the event store, also --data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-event-store-'));
  const args = ['event-store', '--data', join(folder, 'its-own'), '--port', '0'];
  const child = spawn(process.execPath, [resolve('dist/apps/cli/src/main.js'), ...args], { cwd: folder });
  try {
    await once(child.stdout, 'data'); // ready
    expect(existsSync(join(folder, 'its-own', 'events.db'))).toBe(true);
  } finally {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  }
});
