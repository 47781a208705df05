/** `npm run tools [-- NAME…]`: provides the programs that the tests and the demo use, and prints where they are. */
import { TOOLS, type ToolName, USUAL } from './catalogue.ts';
import { provide } from './provide.ts';

const names = Object.keys(TOOLS) as ToolName[];
const asked = process.argv.slice(2);
if (asked.includes('--help') || asked.includes('-h')) {
  console.log(`Usage: npm run tools [-- NAME…]\n\nFinds, fetches or builds: ${names.join(' ')} (all but\nthose of suites on request, ${names.filter((name) => !USUAL.includes(name)).join(' ')}, when none is named).
Looked for in: KUBEBUILDER_ASSETS, PATH, the user's cache (PREVIEW_TOOLS_CACHE), the official release
(PREVIEW_TOOLS_MIRROR names another site), a build from Go modules, the distribution's package.`);
} else {
  const unknown = asked.filter((name) => !names.includes(name as ToolName));
  if (unknown.length > 0) {
    console.error(`unknown tool ${unknown.join(', ')}; there are: ${names.join(' ')}`);
    process.exit(2);
  }
  for (const name of asked.length > 0 ? (asked as ToolName[]) : USUAL) console.log(`${name}\t${await provide(name)}`);
}
