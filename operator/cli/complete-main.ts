#!/usr/bin/env node
/** `kubectl_complete-pwp`, which kubectl asks for what may follow `kubectl pwp`. */
import { COMPLETE } from './completion.ts';
import { runProgram } from './program.ts';

await runProgram('kubectl pwp', [COMPLETE, ...process.argv.slice(2)]);
