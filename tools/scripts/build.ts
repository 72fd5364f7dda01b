import { build } from './built.ts';

const HELP = `npm run build: compiles apps, libs and test into dist/, always. Scripts that need dist/ build it themselves
if something has changed since.`;

if (process.argv.includes('--help')) console.log(HELP);
else build();
