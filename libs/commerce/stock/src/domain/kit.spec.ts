import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { kit, type KitCommand, type KitComponent, type KitEvent } from './kit.js';

const cup: KitComponent = { sku: 'CUP', quantity: 2 };
const pot: KitComponent = { sku: 'POT', quantity: 1 };
const define = (components: readonly KitComponent[], nested?: string): KitCommand => ({
  type: 'DefineKit',
  data: { sku: 'TRAY', components, ...(nested !== undefined && { nested }) },
});
const retire: KitCommand = { type: 'RetireKit', data: { sku: 'TRAY' } };
const defined = (version: number, ...components: KitComponent[]): KitEvent => ({
  type: 'KitDefined',
  data: { version, components },
});
const retired: KitEvent = { type: 'KitRetired', data: {} };
const given = specification(kit.decider);

describe('a kit', () => {
  it('is defined', () =>
    given()
      .when(define([cup, pot]))
      .then(defined(1, cup, pot)));
  it('is a new version when defined differently', () =>
    given(defined(1, cup))
      .when(define([cup, pot]))
      .then(defined(2, cup, pot)));
  it('stays as it is when defined the same again, whatever has become of its components', () =>
    given(defined(1, cup))
      .when(define([cup], 'CUP'))
      .thenNothing());
  it('is not made of itself', () =>
    given()
      .when(define([{ sku: 'TRAY', quantity: 1 }]))
      .thenFails('kit-nested'));
  it('is not made of kits', () =>
    given()
      .when(define([cup], 'CUP'))
      .thenFails('kit-nested'));
  it('names each component once', () =>
    given()
      .when(define([cup, cup]))
      .thenFails('invalid-lines'));
  it('is retired once', () => {
    given(defined(1, cup)).when(retire).then(retired);
    given(defined(1, cup), retired).when(retire).thenNothing();
  });
  it('that never was is not retired', () => given().when(retire).thenFails('kit-not-found'));
  it('goes on counting its versions when it is defined after all', () =>
    given(defined(1, cup), retired)
      .when(define([cup]))
      .then(defined(2, cup)));
});
