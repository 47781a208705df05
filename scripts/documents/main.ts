/** Part of `npm run check`: links that lead nowhere, commands that nobody has run, scripts and tests that are not there. */
import { unprovenCommands } from './commands.ts';
import { brokenLinks } from './links.ts';
import { readPages } from './pages.ts';
import { danglingReferences } from './references.ts';

const pages = await readPages();
const complaints = [...(await brokenLinks(pages)), ...unprovenCommands(pages), ...danglingReferences(pages)];
for (const complaint of complaints) console.log(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
