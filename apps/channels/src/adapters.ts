import { type DataSource } from 'typeorm';
import {
  ADAPTER_KINDS,
  type AdapterContext,
  type ChannelAdapter,
  type ChannelAvailability,
  type ChannelConfig,
  KontorApi,
  systemClock,
} from '#channels';
import { type LogFunction } from '#host/service';

export interface OpenedAdapter {
  readonly config: ChannelConfig;
  readonly context: AdapterContext;
  readonly adapter: ChannelAdapter;
}

interface SharedParts {
  readonly db: DataSource;
  readonly availability: ChannelAvailability;
  readonly api: { readonly url: string; readonly key: string };
  readonly log: LogFunction;
}

/** @throws Error that names the adapter whose settings are wrong, and why */
export const openAdapters = (configs: readonly ChannelConfig[], shared: SharedParts): Promise<OpenedAdapter[]> =>
  Promise.all(
    configs.map(async (config) => {
      const { name, kind, channel } = config;
      const open = ADAPTER_KINDS[kind];
      if (!open)
        throw new Error(`${name}: there is no kind ${kind}; the kinds are ${Object.keys(ADAPTER_KINDS).join(', ')}`);
      const context: AdapterContext = {
        name,
        channel,
        db: shared.db,
        availability: shared.availability,
        api: new KontorApi({ ...shared.api, channel }),
        clock: systemClock,
        log: (message, details = {}) => shared.log(message, { adapter: name, ...details }),
      };
      return { config, context, adapter: await open(config, context) };
    }),
  );
