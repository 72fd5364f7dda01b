import { describe, expect, it } from '@jest/globals';
import { type EventDefinition } from '#kernel';
import { aRecorded, decoded, foreignEvents, LOOK_OURS } from '#testing';
import { recognizeEvent, type Recorded, StreamNotReadable } from './index.js';

const events: Record<string, EventDefinition> = {
  Put: { version: 2, upcast: { 1: ({ coins = 0 }: { coins?: number }) => ({ cents: 100 * coins }) } },
  Opened: { version: 1, first: true },
};
const put = (data: object, schema: string): Recorded => {
  const recorded = aRecorded('wallet-1', { type: 'Put', data }, { revision: 3 });
  return { ...recorded, envelope: { ...recorded.envelope, schema } };
};

describe('an event of ours', () => {
  it('is unchanged in the newest version', () => {
    const recorded = put({ cents: 5 }, '2');
    expect(recognizeEvent(recorded, events)).toBe(recorded);
  });

  it('is brought up to date once, however often it is asked for', () => {
    const once = recognizeEvent(put({ coins: 5 }, '1'), events);
    expect(once).toMatchObject({ event: { data: { cents: 500 } }, revision: 3 });
    expect(recognizeEvent(once, events)).toBe(once);
  });

  it('that begins a stream stands at its beginning', () => {
    const opened = (revision: number) => aRecorded('wallet-1', { type: 'Opened', data: {} }, { revision });
    expect(recognizeEvent(opened(0), events)).toEqual(expect.objectContaining({ revision: 0 }));
    expect(() => recognizeEvent(opened(1), events)).toThrow('Opened is only valid as the first event of a stream');
  });
});

describe('an event that is not ours', () => {
  const recognized = Object.entries(foreignEvents('Put')).filter(([shape]) => !LOOK_OURS.has(shape));

  it.each(recognized)('is refused, with its place and the reason: %s', (_, event) => {
    const recorded = {
      ...aRecorded('wallet-1', { type: 'Put', data: {} }),
      revision: 7,
      ...asRecorded(decoded(event)),
    };
    const refused = () => recognizeEvent(recorded, events);
    expect(refused).toThrow(StreamNotReadable);
    expect(refused).toThrow(/^wallet-1 cannot be read from revision 7 on: ./);
  });

  it('is named without what a database cannot hold', () => {
    const odd = aRecorded('wallet-1', { type: 'Odd\u0000\ud800', data: {} });
    expect(() => recognizeEvent(odd, events)).toThrow('knows no event "Odd\uFFFD\uFFFD"');
    expect(() => recognizeEvent(aRecorded('wallet-\u0000', { type: 'Opened', data: {} }), events)).toThrow(
      'name of the stream',
    );
  });

  it('is one whose old version cannot be understood', () => {
    const broken: typeof events = {
      Put: { version: 2, upcast: { 1: (data) => ({ first: (data as { list: string[] }).list[0] }) } },
    };
    expect(() => recognizeEvent(put({}, '1'), broken)).toThrow('Put in version 1 cannot be upcast (TypeError');
  });
});

const asRecorded = ({ type, data, envelope }: ReturnType<typeof decoded>) =>
  ({ event: { type, data }, envelope }) as Pick<Recorded, 'event' | 'envelope'>;
