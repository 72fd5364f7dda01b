import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { AccessGuard, ApiKeys } from '#access';
import { createLog, type Logger, MetricsRegistry, NestLog } from '#host/service';
import { type ApiSettings } from '#settings';
import { ApiModule } from './api.module.js';
import { Backing } from './backing.js';
import { serveDocumentation } from './docs/openapi.js';
import { checkBeforeBody } from './http/early-access.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Routes } from './http/routes.js';
import { KafkaCommands } from './kafka-commands/kafka-commands.js';
import { Readiness } from './operations/readiness.js';
import { createAdapter } from './server.js';

/** Running requests may take this long to end at a shutdown. */
const SHUTDOWN_TIMEOUT_MS = 5000;

export interface Api {
  readonly app: NestFastifyApplication;
  /** For example `http://127.0.0.1:7070`. */
  readonly url: string;
  /** Rejects with LogMismatch once the log is older than the database. */
  readonly failure: Promise<void>;
  /** Takes no new requests, waits for the running ones, and closes everything that was opened. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the API once the event store and the database answer.
 * @throws LogMismatch if the read models were made from another log
 */
export const createApi = async (settings: ApiSettings): Promise<Api> => {
  const { port, host, logLevel, kafkaBrokers } = settings;
  const logger = createLog('api', logLevel);
  const { backing, module } = await Backing.open(settings, (sentence) => logger.warn(sentence));
  try {
    const { app } = await createApp(module, new NestLog(logger));
    serveDocumentation(app);
    await app.init();
    await app.get(Readiness).checkLog();
    await app.listen(port, host);
    const url = `http://${host}:${(app.getHttpServer().address() as { port: number }).port}`;
    if (kafkaBrokers) app.get(KafkaCommands).start(kafkaBrokers);
    logger.info({ url }, 'started');
    const end = new AbortController();
    const stop = () => {
      end.abort();
      return close(app, backing, logger);
    };
    return { app, url, failure: app.get(Readiness).watchLog(end.signal), close: stop };
  } catch (error) {
    await backing.close();
    throw error;
  }
};

/** Creates the app on given services, without listening. */
export const createApp = async (backing: DynamicModule, log: LoggerService) => {
  const routes = new Routes();
  const problems = new ProblemFilter(routes);
  const metrics = new MetricsRegistry();
  const adapter = createAdapter({ problems, routes, metrics });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.on(backing, metrics), adapter, {
    logger: log,
    abortOnError: false,
  });
  app.useGlobalFilters(problems);
  const access = new AccessGuard(app.get(Reflector), app.get(ApiKeys, { strict: false }));
  checkBeforeBody(adapter.getInstance<FastifyInstance>(), { access, problems });
  return { app, routes };
};

const close = async (app: NestFastifyApplication, backing: Backing, logger: Logger) => {
  const server = app.getHttpServer();
  const timer = setTimeout(() => server.closeAllConnections(), SHUTDOWN_TIMEOUT_MS);
  await app.close();
  clearTimeout(timer);
  await backing.close();
  logger.info('stopped');
};
