import { checkedHttpUrl, checkPositiveNumbers } from '../settings-checks.js';
import { parseWebhookSecret } from './standard-webhooks.js';

/** One receiver of webhooks. */
export interface EndpointSettings {
  readonly id: string;
  readonly url: string;
  /** Every webhook is signed with each of them. */
  readonly secrets: readonly Buffer[];
  /** Types of events to send; `com.kontor.order.*` stands for all types with that prefix. */
  readonly events: readonly string[];
  readonly perSecond: number;
  readonly concurrency: number;
  /** A webhook that was refused this often is a dead letter. */
  readonly attempts: number;
  readonly disableAfterDays: number;
}

const DEFAULTS = { events: ['*'], perSecond: 50, concurrency: 8, attempts: 12, disableAfterDays: 5 };
const ID = /^[a-z0-9][a-z0-9-]{0,40}$/;

type GivenEndpoint = Partial<Omit<EndpointSettings, 'secrets'>> & { readonly secret?: string | readonly string[] };

/** @throws Error that names the setting that is wrong */
export const endpointSettingsOf = (adapter: string, settings: unknown): readonly EndpointSettings[] => {
  const { endpoints } = settings as { endpoints?: unknown };
  if (!Array.isArray(endpoints)) throw new Error(`${adapter}: "endpoints" must be a list`);
  const checked = endpoints.map((given: GivenEndpoint) => checkedEndpoint(adapter, given));
  for (const { id } of checked)
    if (checked.filter((other) => other.id === id).length > 1)
      throw new Error(`${adapter}: there are two endpoints ${id}`);
  return checked;
};

const checkedEndpoint = (adapter: string, given: GivenEndpoint): EndpointSettings => {
  const { id, url, secret, ...others } = given;
  if (id === undefined || !ID.test(id)) throw new Error(`${adapter}: the id of an endpoint must match ${ID}`);
  const owner = `${adapter}/${id}`;
  const secrets = parsedSecrets(owner, secret);
  const settings = { ...DEFAULTS, ...others, id, url: checkedHttpUrl(owner, url), secrets };
  const { events, perSecond, concurrency, attempts, disableAfterDays } = settings;
  if (!Array.isArray(events) || !events.every((type) => typeof type === 'string'))
    throw new Error(`${owner}: "events" must be a list of types, such as ["com.kontor.order.*"]`);
  checkPositiveNumbers(owner, { perSecond, concurrency, attempts, disableAfterDays });
  return settings;
};

const parsedSecrets = (endpoint: string, secret: GivenEndpoint['secret'] = []): readonly Buffer[] => {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0) throw new Error(`${endpoint} has no "secret"`);
  return secrets.map(parseWebhookSecret);
};

export const isSubscribed = ({ events }: EndpointSettings, type: string): boolean =>
  events.some((pattern) => (pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type));
