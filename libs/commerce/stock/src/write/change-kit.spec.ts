import { beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLoop, START } from '#event-store';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { type KitCommand } from '../domain/kit.js';
import { KitDirectory } from '../read/kit-directory.js';
import { ChangeKit, ChangeKitHandler } from './change-kit.js';

const define = (sku: string, ...components: string[]): KitCommand => ({
  type: 'DefineKit',
  data: { sku, components: components.map((one) => ({ sku: one, quantity: 1 })) },
});
const retire = (sku: string): KitCommand => ({ type: 'RetireKit', data: { sku } });

describe('kits', () => {
  let store: InMemoryEventStore;
  let directory: KitDirectory;
  let handler: ChangeKitHandler;

  beforeEach(() => {
    store = new InMemoryEventStore();
    directory = new KitDirectory();
    handler = new ChangeKitHandler(runnerOn(store), directory);
  });

  /** Carries out a command while the directory follows the log. */
  const change = async (command: KitCommand, cause = aCause()) => {
    const stop = new AbortController();
    const running = new ConsumerLoop(store, directory).run(stop.signal);
    try {
      return await handler.execute(new ChangeKit(command, cause));
    } finally {
      stop.abort();
      await running;
    }
  };
  const known = (sku: string) => directory.kit(sku)?.components.map((one) => one.sku);

  it('are in the directory when their command is answered', async () => {
    await change(define('TRAY', 'CUP'));
    expect(directory.kit('TRAY')).toEqual({ sku: 'TRAY', version: 1, components: [{ sku: 'CUP', quantity: 1 }] });
    await change(define('TRAY', 'CUP', 'POT'));
    expect(directory.kit('TRAY')).toMatchObject({ version: 2 });
    await change(retire('TRAY'));
    expect(known('TRAY')).toBeUndefined();
  });

  it('cannot contain kits or become components of kits', async () => {
    await change(define('TRAY', 'CUP'));
    await expect(change(define('HAMPER', 'TRAY'))).rejects.toMatchObject({ code: 'kit-nested' });
    await expect(change(define('CUP', 'TRAY'))).rejects.toMatchObject({ code: 'kit-nested' });
    await expect(change(define('CUP', 'CLAY'))).rejects.toMatchObject({
      code: 'kit-nested',
      details: { sku: 'TRAY' },
    });
    await change(retire('TRAY'));
    await change(define('HAMPER', 'TRAY'));
    expect(known('HAMPER')).toEqual(['TRAY']);
  });

  it('answer a repeated command as the first time, even if a component has become a kit', async () => {
    const cause = aCause();
    const first = await change(define('TRAY', 'CUP'), cause);
    await change(retire('TRAY'));
    await change(define('CUP', 'CLAY'));
    expect(await change(define('TRAY', 'CUP'), cause)).toMatchObject({ repeated: true, eventIds: first.eventIds });
  });

  it('can contain each other when they are defined at the same moment', async () => {
    await Promise.all([change(define('A', 'B')), change(define('B', 'C'))]);
    expect([known('A'), known('B')]).toEqual([['B'], ['C']]);
  });

  it('are the same in the directory if it handles events twice', async () => {
    await change(define('TRAY', 'CUP'));
    const events = [];
    for await (const recorded of store.read('kit-TRAY')) events.push(recorded);
    await change(retire('TRAY'));
    await directory.handle({ events, position: START, caughtUp: true });
    expect(known('TRAY')).toBeUndefined();
  });
});
