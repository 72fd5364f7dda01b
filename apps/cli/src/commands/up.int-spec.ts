import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const MAX_MS = 10_000;

describe('kontor up with an event store that cannot be used', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kontor-up-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['KONTOR_EVENTSTORE_URL', 'esdb://127.0.0.1:1?tls=false', /No event store listens at 127\.0\.0\.1:1: start it/m],
    ['EVENTSTORE_URL', 'esdb://127.0.0.1:1?tls=false', /No event store listens at 127\.0\.0\.1:1: start it/m],
    ['KONTOR_EVENTSTORE_URL', 'localhost:2113', /connection string like esdb:/],
  ])('fails at once with one sentence for %s=%s, and starts nothing', (name, url, sentence) => {
    const others = Object.entries(process.env).filter(([other]) => !other.endsWith('EVENTSTORE_URL'));
    const begun = performance.now();
    const ended = spawnSync(
      process.execPath,
      [resolve('dist/apps/cli/src/main.js'), 'up', '--once', '--port', '0', '--data', folder],
      { encoding: 'utf8', env: { ...Object.fromEntries(others), [name]: url } },
    );
    expect(performance.now() - begun).toBeLessThan(MAX_MS);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.status).toBe(1);
    expect(existsSync(join(folder, 'logs'))).toBe(false);
  });
});
