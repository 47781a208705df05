/** `npm run bench:from-zero`: KEDA and our providers wake a pool that sleeps; writes the table of docs/scaling.md. Takes 40 minutes. */
import { waitsFromZero, waitsTable } from './from-zero.ts';
import { writeBetween } from './scaling-page.ts';

/** 20 tries each. */
const TRIES = { rounds: 4, tries: 5 };

const waits = await waitsFromZero(TRIES, (text) => process.stderr.write(`bench: ${text}\n`));
console.log(waitsTable(waits));
await writeBetween('measured: npm run bench:from-zero', 'end of measured', waitsTable(waits));
