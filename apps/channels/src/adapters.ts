import { type DataSource } from 'typeorm';
import {
  ADAPTER_KINDS,
  type AdapterContext,
  type ChannelAdapter,
  type ChannelConfig,
  KontorApi,
  type Promises,
  systemClock,
} from '#channels';
import { type LogFunction } from '#host/service';

export interface OpenedAdapter {
  readonly config: ChannelConfig;
  readonly context: AdapterContext;
  readonly adapter: ChannelAdapter;
}

interface Parts {
  readonly db: DataSource;
  readonly promises: Promises;
  readonly api: { readonly url: string; readonly key: string };
  readonly log: LogFunction;
}

/** @throws Error that names the adapter whose settings are wrong, and why */
export const openAdapters = (configs: readonly ChannelConfig[], parts: Parts): Promise<OpenedAdapter[]> =>
  Promise.all(
    configs.map(async (config) => {
      const { name, kind, channel } = config;
      const open = ADAPTER_KINDS[kind];
      if (!open) throw new Error(`${name}: there is no kind ${kind}, only ${Object.keys(ADAPTER_KINDS).join(', ')}`);
      const context: AdapterContext = {
        name,
        channel,
        db: parts.db,
        promises: parts.promises,
        api: new KontorApi({ ...parts.api, channel }),
        clock: systemClock,
        log: (message, details = {}) => parts.log(message, { adapter: name, ...details }),
      };
      return { config, context, adapter: await open(config, context) };
    }),
  );
