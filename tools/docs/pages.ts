import { BI_PAGE, biPage } from './bi-page.ts';
import { commandsPage } from './commands-page.ts';
import { configurationPage } from './configuration-page.ts';
import { eventsPage } from './events-page.ts';
import { invariantsPage } from './invariants-page.ts';
import { libraryReadmes } from './library-readmes.ts';
import { problemsPage } from './problems-page.ts';
import { requirementsPage } from './requirements-page.ts';
import { securityPage } from './security-page.ts';
import { Sources } from './sources.ts';

/** Every generated page by its path. */
export const generatedPages = (): Readonly<Record<string, string>> => {
  const sources = new Sources();
  return {
    [BI_PAGE]: biPage(),
    'docs/commands.md': commandsPage(sources),
    'docs/configuration.md': configurationPage(),
    'docs/events.md': eventsPage(),
    'docs/invariants.md': invariantsPage(sources),
    'docs/problems.md': problemsPage(),
    'docs/requirements.md': requirementsPage(sources),
    'docs/security.md': securityPage(),
    ...libraryReadmes(),
  };
};
