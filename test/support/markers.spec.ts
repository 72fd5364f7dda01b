import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Markers } from './markers.js';

const noise = Buffer.from([0, 255, 65, 66, 10, 200, 67]);
const around = (text: string) => Buffer.concat([noise, Buffer.from(text), noise]);

describe('a marker is found', () => {
  it.each([
    ['in clear', (text: string) => text],
    ['in JSON in JSON', (text: string) => JSON.stringify(JSON.stringify({ "a'b\n": text }))],
    ['in hexadecimal', (text: string) => Buffer.from(text).toString('hex')],
    ['in capital hexadecimal', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
    ['in base64', (text: string) => Buffer.from(text).toString('base64')],
    ['in base64url after a byte', (text: string) => Buffer.from(`a${text}?>`).toString('base64url')],
    ['in base64 after two bytes', (text: string) => Buffer.from(`ab${text}c`).toString('base64')],
    ['in base64 within words', (text: string) => `x=${Buffer.from(`{"name":"${text}"}`).toString('base64')};`],
  ])('%s', (_, written) => {
    const markers = new Markers();
    const [one, other] = [markers.plant('one'), markers.plant('other')];
    expect([...markers.in(around(written(`Ada ${one}`)))]).toEqual([one]);
    expect([...markers.in(around(written(other)))]).toEqual([other]);
  });

  it('not where there is none', () => {
    const markers = new Markers();
    const [marker] = [markers.plant('one')];
    for (const text of ['', marker.slice(0, -1), marker.slice(1), '70'.repeat(500)])
      expect(markers.in(around(text)).size).toBe(0);
  });

  it('in the files of a folder', () => {
    const markers = new Markers();
    const [one] = [markers.plant('one'), markers.plant('other')];
    const folder = mkdtempSync(join(tmpdir(), 'kontor-markers-'));
    writeFileSync(join(folder, 'log'), around(one));
    writeFileSync(join(folder, 'empty'), '');
    expect([...markers.inFiles(folder)]).toEqual([[one, ['log']]]);
    rmSync(folder, { recursive: true });
  });
});
