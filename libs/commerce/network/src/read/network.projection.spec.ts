import { expect, it } from '@jest/globals';
import { type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type LocationEvent } from '../domain/network.js';
import { locations, type LocationRow } from './network.projection.js';

const location = (...events: LocationEvent[]) =>
  events.reduce<LocationRow | undefined>((row, event) => {
    const recorded = aRecorded('location-leeds', event) as RecordedAs<LocationEvent>;
    return locations.project(row, recorded, { locationId: 'leeds' });
  }, undefined);

const registered: LocationEvent = { type: 'LocationRegistered', data: { name: 'Leeds', type: 'store', country: 'GB' } };
const paused: LocationEvent = { type: 'LocationPaused', data: { reason: 'stocktaking' } };

it('stays paused when its details change', () => {
  const changed: LocationEvent = { type: 'LocationDetailsChanged', data: { name: 'Leeds 2', type: 'store' } };
  expect(location(registered, paused, changed)).toMatchObject({ name: 'Leeds 2', country: null, paused: true });
});

it('takes reservations again once resumed', () =>
  expect(location(registered, paused, { type: 'LocationResumed', data: {} })).toMatchObject({ paused: false }));
