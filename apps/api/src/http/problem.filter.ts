import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { answerOrLog, answerToRead, documentOf, type Answer } from './problem.js';
import { Routes } from './routes.js';

/** Answers every error as a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('api');

  constructor(private readonly routes: Routes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) {
      reply.raw.destroy(); // the client must not take half an answer for a whole one
      return;
    }
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const known = this.answerToUnknownRoute(request) ?? (request.method === 'GET' ? answerToRead(error) : undefined);
    const { document, headers } = known ?? answerOrLog(error, this.logger, route);
    reply.status(document.status).headers(headers).header('content-type', 'application/problem+json');
    reply.send(JSON.stringify(document));
  }

  private answerToUnknownRoute(request: FastifyRequest): Answer | undefined {
    const methods = this.routes.methodsOf(request.url);
    if (!request.is404 || methods.includes(request.method)) return undefined;
    const allow = methods.join(', ');
    if (allow === '')
      return {
        document: documentOf('not-found', 'There is no such path. /openapi.json lists all paths.'),
        headers: {},
      };
    return { document: documentOf('method-not-allowed', `Use ${allow}.`), headers: { allow } };
  }
}
