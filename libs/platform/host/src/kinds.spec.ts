import { describe, expect, it } from '@jest/globals';
import * as kinds from './kinds.js';

/** The values of texts of one kind; undefined for those that are refused. */
const valuesOf = <Value>({ parse }: kinds.Kind<Value>, ...texts: string[]) => texts.map((text) => parse(text));
const refused = (count: number) => Array.from({ length: count }, () => undefined);

describe('a kind of values', () => {
  it('port', () => {
    expect(valuesOf(kinds.port, '0', '7070', '65535')).toEqual([0, 7070, 65_535]);
    expect(valuesOf(kinds.port, '65536', '-1', '70.5', 'http', '1e3', ' 80')).toEqual(refused(6));
  });

  it('positive number', () => {
    expect(valuesOf(kinds.positiveNumberOf('seconds'), '0.5', '86400')).toEqual([0.5, 86_400]);
    expect(valuesOf(kinds.positiveNumberOf('seconds'), '0', '-1', 'soon', 'Infinity')).toEqual(refused(4));
  });

  it('one of several texts', () => {
    const level = kinds.oneOf(['debug', 'info', 'warn']);
    expect(valuesOf(level, 'warn', 'warning', 'INFO')).toEqual(['warn', undefined, undefined]);
    expect(level.expected).toBe('debug, info or warn');
  });

  it('some of several texts', () => {
    const some = kinds.someOf(['projections', 'relay']);
    expect(valuesOf(some, 'relay', 'projections, relay', 'relay,relay')).toEqual([
      new Set(['relay']),
      new Set(['projections', 'relay']),
      new Set(['relay']),
    ]);
    expect(valuesOf(some, 'realy', 'relay,', ',')).toEqual(refused(3));
  });

  it('addresses', () => {
    expect(kinds.addresses.parse('kafka-1:9092,[::1]:9093,')).toEqual(['kafka-1:9092', '[::1]:9093']);
    expect(valuesOf(kinds.addresses, ',', 'kafka', 'kafka:port', 'http://kafka:9092/')).toEqual(refused(4));
  });

  it('web address, without the slash at its end', () => {
    expect(kinds.httpUrl.parse('https://pay.example/v2/')).toBe('https://pay.example/v2');
    expect(valuesOf(kinds.httpUrl, 'pay.example', 'ftp://pay.example', 'http://')).toEqual(refused(3));
  });

  it('connection string of an event store', () => {
    const right = ['esdb://host:2113?tls=false', 'esdb+discover://kontor:pass@cluster'];
    expect(valuesOf(kinds.eventStoreUrl, ...right)).toEqual(right);
    expect(valuesOf(kinds.eventStoreUrl, 'http://host:2113', 'host:2113')).toEqual(refused(2));
  });

  it('key of 32 bytes in base64', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    expect(valuesOf(kinds.base64Key, key, ` ${key}\n`)).toEqual([key, ` ${key}\n`]);
    expect(valuesOf(kinds.base64Key, key.slice(4), 'not-base64!', key.replace('=', ''))).toEqual(refused(3));
  });

  it('numbers by name', () => {
    const faults = kinds.numbersByName(['seed', 'cut'], '{"seed":1}');
    expect(valuesOf(faults, '{"seed":1,"cut":0.2}', '{}')).toEqual([{ seed: 1, cut: 0.2 }, {}]);
    expect(valuesOf(faults, '{"cutt":0.2}', '{"cut":"0.2"}', 'null', 'seed=1')).toEqual(refused(4));
  });
});
