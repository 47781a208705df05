#!/usr/bin/env node
/** `pwp`, and the same as a plugin, `kubectl pwp`: what people ask about pools and do with them. */
import { basename } from 'node:path';
import { runProgram } from './program.ts';

const isPlugin = basename(process.argv[1] ?? '').startsWith('kubectl-pwp');
await runProgram(isPlugin ? 'kubectl pwp' : 'pwp', process.argv.slice(2));
