import { status, type ServiceError } from '@grpc/grpc-js';
import { type ConnectionSettings } from './connection-settings.js';

/** The event store cannot be used. The message is one sentence for the operator, and says how to fix it. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';

  constructor(
    message: string,
    /** It passes by itself once the server, or another node, answers: nobody has to fix anything. */
    readonly mayPass: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The gRPC status of a failed call; undefined for any other error. */
export const statusOf = (error: unknown): status | undefined => {
  const code = (error as Partial<ServiceError> | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
};

/** The server's name for the reason, for example `not-leader` or `stream-deleted`. */
export const exceptionOf = (error: unknown): string | undefined =>
  (error as Partial<ServiceError> | undefined)?.metadata?.get('exception')[0]?.toString();

const TRANSIENT: ReadonlySet<status | undefined> = new Set([
  undefined,
  status.ABORTED,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.RESOURCE_EXHAUSTED,
  status.UNAVAILABLE,
]);

/** Whether the same call may succeed in a moment. */
export const isTransient = (error: unknown) => TRANSIENT.has(statusOf(error)) || exceptionOf(error) === 'not-leader';

/** Explains why a call has failed. @param where `host:port` */
export const asStoreUnavailable = (error: unknown, where: string, settings: ConnectionSettings): StoreUnavailable => {
  if (error instanceof StoreUnavailable) return error;
  const [sentence, mayPass] = explain(error, where, settings);
  return new StoreUnavailable(sentence, mayPass, error);
};

/** A sentence, and whether the trouble may pass by itself. */
type Explanation = readonly [sentence: string, mayPass: boolean];

const explain = (error: unknown, where: string, { secure, user }: ConnectionSettings): Explanation => {
  const who = user === undefined ? 'a caller without a user' : `the user "${user}"`;
  const said: Partial<Record<status, Explanation>> = {
    [status.UNAUTHENTICATED]: [
      `The event store at ${where} refuses ${who}: check the user and the password in KONTOR_EVENTSTORE_URL.`,
      false,
    ],
    [status.PERMISSION_DENIED]: [
      `The event store at ${where} does not allow ${who} to do what Kontor needs: deploy/README.md lists the rights and the commands that grant them.`,
      false,
    ],
    [status.UNIMPLEMENTED]: [
      `What answers at ${where} is not an EventStoreDB that Kontor can use: check host and port in KONTOR_EVENTSTORE_URL.`,
      false,
    ],
    [status.DEADLINE_EXCEEDED]: [
      `The event store at ${where} does not answer: check that it runs, and that host and port in KONTOR_EVENTSTORE_URL are right.`,
      true,
    ],
  };
  return said[statusOf(error) ?? status.OK] ?? explainConnection((error as Error).message, where, secure);
};

const CERTIFICATE = /certificate|self.signed|unable to verify|altname|CERT_/i;
const NOT_TLS = /wrong version number|before secure TLS|EPROTO|packet length too long|ssl3|SSL routines/i;
const NO_HOST = /ENOTFOUND|EAI_AGAIN|Name resolution|getaddrinfo/i;
const REFUSED = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/i;
const CONNECTION_CLOSED =
  /Failed to connect|ECONNRESET|socket hang up|Protocol error|Connection dropped|closed|GOAWAY/i;

const explainConnection = (details: string, where: string, secure: boolean): Explanation => {
  if (CERTIFICATE.test(details))
    return [
      `The certificate of the event store at ${where} is not trusted: name the file of its certificate authority with tlsCAFile in KONTOR_EVENTSTORE_URL (${details}).`,
      false,
    ];
  if (secure && NOT_TLS.test(details))
    return [
      `The event store at ${where} does not speak TLS: add tls=false to KONTOR_EVENTSTORE_URL, or set up TLS there.`,
      false,
    ];
  if (NO_HOST.test(details))
    return [`The host of the event store, ${where}, is not known: check KONTOR_EVENTSTORE_URL.`, true];
  if (REFUSED.test(details))
    return [`No event store listens at ${where}: start it, or check host and port in KONTOR_EVENTSTORE_URL.`, true];
  if (!secure && CONNECTION_CLOSED.test(details))
    return [
      `The event store at ${where} closes connections without TLS: take tls=false out of KONTOR_EVENTSTORE_URL, or check host and port.`,
      true,
    ];
  return [`The event store at ${where} cannot be used: ${details}.`, true];
};
