import { secretOf } from './standard-webhooks.js';

export interface EndpointSettings {
  readonly id: string;
  readonly url: string;
  readonly secrets: readonly Buffer[];
  /** Types of events; `com.kontor.order.*` stands for all that begin so. */
  readonly events: readonly string[];
  readonly perSecond: number;
  readonly concurrency: number;
  /** Refusals until a message is a dead letter. */
  readonly attempts: number;
  readonly disableAfterDays: number;
}

const DEFAULTS = { events: ['*'], perSecond: 50, concurrency: 8, attempts: 12, disableAfterDays: 5 };
const ID = /^[a-z0-9][a-z0-9-]{0,40}$/;

type Given = Partial<Omit<EndpointSettings, 'secrets'>> & { readonly secret?: string | readonly string[] };

/** @throws Error that names what is wrong */
export const endpointsOf = (name: string, settings: unknown): readonly EndpointSettings[] => {
  const { endpoints } = settings as { endpoints?: unknown };
  if (!Array.isArray(endpoints)) throw new Error(`${name}: "endpoints" must be a list`);
  return endpoints.map((one: Given) => endpointOf(name, one));
};

const endpointOf = (name: string, given: Given): EndpointSettings => {
  const { id, url, secret, ...others } = given;
  if (id === undefined || !ID.test(id)) throw new Error(`${name}: the id of an endpoint must be ${ID}`);
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${name}/${id}: "url" must be an http address`);
  const settings = { ...DEFAULTS, ...others, id, url, secrets: secretsOf(`${name}/${id}`, secret) };
  for (const field of ['perSecond', 'concurrency', 'attempts', 'disableAfterDays'] as const)
    if (!(settings[field] > 0)) throw new Error(`${name}/${id}: "${field}" must be a number above 0`);
  return settings;
};

const secretsOf = (endpoint: string, secret: Given['secret'] = []): readonly Buffer[] => {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0) throw new Error(`${endpoint} has no "secret"`);
  return secrets.map(secretOf);
};

export const wants = ({ events }: EndpointSettings, type: string): boolean =>
  events.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type));
