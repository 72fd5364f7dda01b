import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '#access';
import { Problem } from '../http/problem.js';
import { problems } from '../http/problems.js';

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}code{background:#8882;padding:0 .2em}
dt{font-weight:600}:root{color-scheme:light dark}</style>
<h1>${title}</h1>
${body}
</html>
`;

const HOME = page(
  'Kontor',
  `<p>Stock and orders of every channel, from one log of events.</p>
<dl>
<dt><a href="/docs">/docs</a></dt><dd>Every command and query, to read and to try.</dd>
<dt><a href="/openapi.json">/openapi.json</a></dt><dd>The same for machines (OpenAPI 3.1).</dd>
<dt><a href="/problems">/problems</a></dt><dd>What each refusal means and what to do about it.</dd>
<dt><a href="/health/ready">/health/ready</a></dt><dd>Whether it can serve now, and why not.</dd>
</dl>
<p>Send a key with each request: <code>Authorization: Bearer kontor_…</code></p>`,
);

/** For people with a browser. */
@ApiExcludeController()
@Controller()
@Public()
export class PagesController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  home() {
    return HOME;
  }

  @Get('problems')
  @Header('content-type', 'text/html; charset=utf-8')
  index() {
    const items = Object.entries(problems).map(
      ([code, { status, meaning }]) =>
        `<dt><a href="/problems/${code}">${code}</a> (${status})</dt><dd>${meaning}</dd>`,
    );
    return page('Problems', `<dl>${items.join('\n')}</dl>`);
  }

  @Get('problems/:code')
  @Header('content-type', 'text/html; charset=utf-8')
  problem(@Param('code') code: string) {
    const kind = Object.hasOwn(problems, code) ? problems[code] : undefined;
    if (!kind) throw new Problem('not-found', 'There is no such problem.');
    const retry = kind.retryable ? '<p>The same request may succeed later.</p>' : '';
    return page(code, `<p>HTTP ${kind.status}</p><p>${kind.meaning}</p>${retry}`);
  }
}
