import { type KontorClient } from '../client.js';
import { WAREHOUSE } from './documents.js';
import { CHANNELS } from './invoices.js';

const KINDS = { web: 'web', marketplace: 'marketplace', wholesale: 'wholesale' } as const;
const NAMES = {
  web: 'Online Retail, web shop',
  marketplace: 'Online Retail, marketplace',
  wholesale: 'Online Retail, wholesale desk',
};

/** The data set has no locations and no channels, so this makes one warehouse, and a channel for each kind of invoice. */
export const configureNetwork = async (client: KontorClient): Promise<void> => {
  await client.command(
    'RegisterLocation',
    {
      locationId: WAREHOUSE,
      name: 'Online Retail warehouse',
      type: 'warehouse',
      country: 'GB',
      timeZone: 'Europe/London',
    },
    { id: 'online-retail/location' },
  );
  for (const key of ['web', 'marketplace', 'wholesale'] as const) {
    const configuration = {
      channelId: CHANNELS[key],
      name: NAMES[key],
      kind: KINDS[key],
      currency: 'GBP',
      locale: 'en-GB',
      locations: [{ locationId: WAREHOUSE, methods: ['ship'], safetyStock: 0 }],
      reservationTtlSeconds: 900,
      promisesIncoming: false,
    };
    await client.command('ConfigureChannel', configuration, { id: `online-retail/channel/${key}` });
  }
};
