import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { channel } from './channel.js';
import { location } from './location.js';
import { type ChannelConfiguration, type ChannelEvent, type LocationCommand, type LocationEvent } from './network.js';

describe('a location', () => {
  const given = specification(location.decider);
  const details = { name: 'High Street', type: 'store', country: 'GB', timeZone: 'Europe/London' } as const;
  const registered: LocationEvent = { type: 'LocationRegistered', data: details };
  const paused: LocationEvent = { type: 'LocationPaused', data: { reason: 'flood' } };
  const resumed: LocationEvent = { type: 'LocationResumed', data: {} };
  const register = (changes: object = {}): LocationCommand => ({
    type: 'RegisterLocation',
    data: { locationId: 'store-12', ...details, ...changes },
  });
  const pause: LocationCommand = { type: 'PauseLocation', data: { locationId: 'store-12', reason: 'flood' } };
  const resume: LocationCommand = { type: 'ResumeLocation', data: { locationId: 'store-12' } };

  it('is registered', () => given().when(register()).then(registered));
  it('is registered once, whatever the order of its details', () =>
    given({
      type: 'LocationRegistered',
      data: { timeZone: 'Europe/London', country: 'GB', type: 'store', name: 'High Street' },
    })
      .when(register())
      .thenNothing());
  it('changes its details', () =>
    given(registered)
      .when(register({ gln: '5012345000008', latitude: 0, longitude: -0.12 }))
      .then({
        type: 'LocationDetailsChanged',
        data: { ...details, gln: '5012345000008', latitude: 0, longitude: -0.12 },
      }));
  it('removes details that are no longer given', () =>
    given({ type: 'LocationRegistered', data: { ...details, gln: '5012345000008' } })
      .when(register())
      .then({ type: 'LocationDetailsChanged', data: details }));
  it('stays paused when its details change', () =>
    given(registered, paused, { type: 'LocationDetailsChanged', data: { ...details, name: 'Low Street' } })
      .when(pause)
      .thenNothing());

  it('is paused', () => given(registered).when(pause).then(paused));
  it('is paused once', () => given(registered, paused).when(pause).thenNothing());
  it('is resumed', () => given(registered, paused).when(resume).then(resumed));
  it('is not resumed when it is not paused', () => given(registered).when(resume).thenNothing());
  it('is paused again', () => given(registered, paused, resumed).when(pause).then(paused));
  it('must be registered to be paused', () => given().when(pause).thenFails('location-not-found'));
  it('must be registered to be resumed', () => given().when(resume).thenFails('location-not-found'));
});

describe('a channel', () => {
  const given = specification(channel.decider);
  const configuration: ChannelConfiguration = {
    name: 'Web',
    kind: 'web',
    currency: 'GBP',
    locale: 'en-GB',
    locations: [{ locationId: 'store-12', methods: ['ship', 'pickup'], safetyStock: 1 }],
    reservationTtlSeconds: 900,
    promisesIncoming: false,
  };
  const configured = (version: number, changes: Partial<ChannelConfiguration> = {}): ChannelEvent => ({
    type: 'ChannelConfigured',
    data: { ...configuration, ...changes, version },
  });
  const configure = (changes: Partial<ChannelConfiguration> = {}) =>
    ({ type: 'ConfigureChannel', data: { channelId: 'web', ...configuration, ...changes } }) as const;

  it('starts with version 1', () => given().when(configure()).then(configured(1)));
  it('counts its versions', () =>
    given(configured(1), configured(2, { promisesIncoming: true }))
      .when(configure())
      .then(configured(3)));
  it('has no new version if its configuration is the same', () => given(configured(1)).when(configure()).thenNothing());
  it('has a new version if the order of preference changes', () => {
    const [first] = configuration.locations;
    const locations = [...(first ? [{ ...first, locationId: 'store-13' }, first] : [])];
    given(configured(1, { locations }))
      .when(configure({ locations: locations.toReversed() }))
      .then(configured(2, { locations: locations.toReversed() }));
  });
});
