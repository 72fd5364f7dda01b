/** A place that can hold stock: stream `location-<id>`. A paused location takes no new reservations. */
import { DomainError, type Decider, type EventDefinitions } from '#kernel';
import { type LocationCommand, type LocationDetails, type LocationEvent } from './network.js';

interface Location {
  /** Undefined until it is registered. */
  readonly details: LocationDetails | undefined;
  readonly paused: boolean;
}

const decide = ({ type, data }: LocationCommand, location: Location): LocationEvent[] => {
  if (type === 'RegisterLocation') return register(detailsOf(data), location);
  if (!location.details) throw new DomainError('location-not-found', `Location ${data.locationId} is not registered`);
  switch (type) {
    case 'PauseLocation':
      return location.paused ? [] : [{ type: 'LocationPaused', data: { reason: data.reason } }];
    case 'ResumeLocation':
      return location.paused ? [{ type: 'LocationResumed', data: {} }] : [];
  }
};

const register = (details: LocationDetails, location: Location): LocationEvent[] => {
  if (!location.details) return [{ type: 'LocationRegistered', data: details }];
  const isSame = JSON.stringify(details) === JSON.stringify(detailsOf(location.details));
  return isSame ? [] : [{ type: 'LocationDetailsChanged', data: details }];
};

const evolve = (location: Location, { type, data }: LocationEvent): Location => {
  switch (type) {
    case 'LocationRegistered':
    case 'LocationDetailsChanged':
      return { ...location, details: data };
    case 'LocationPaused':
      return { ...location, paused: true };
    case 'LocationResumed':
      return { ...location, paused: false };
  }
};

/** Only the defined fields of the details, in a fixed order, so that details can be compared as JSON. */
const detailsOf = ({ name, type, country, gln, timeZone, latitude, longitude }: LocationDetails): LocationDetails => ({
  name,
  type,
  ...(country !== undefined && { country }),
  ...(gln !== undefined && { gln }),
  ...(timeZone !== undefined && { timeZone }),
  ...(latitude !== undefined && { latitude }),
  ...(longitude !== undefined && { longitude }),
});

const decider: Decider<Location, LocationCommand, LocationEvent> = {
  initialState: () => ({ details: undefined, paused: false }),
  decide,
  evolve,
};

const events: EventDefinitions<LocationEvent> = {
  LocationRegistered: { version: 1 },
  LocationDetailsChanged: { version: 1 },
  LocationPaused: { version: 1 },
  LocationResumed: { version: 1 },
};

export const location = { category: 'location', decider, events };
