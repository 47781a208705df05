/** `npm run check`: format, lint, types, import direction and cycles, unused code, secrets, documents, generated files; all at once. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const STEPS: readonly { name: string; command: readonly string[]; remedy: string }[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'], remedy: 'npm run format' },
  { name: 'types', command: ['tsc', '-p', '.'], remedy: 'mend the types named above' },
  {
    name: 'import direction and cycles',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'operator', 'worker', 'scripts', 'test'],
    remedy: 'read the rule in .dependency-cruiser.cjs',
  },
  { name: 'unused code and dependencies', command: ['knip'], remedy: 'delete what nothing uses' },
  {
    name: 'secrets',
    command: ['secretlint', '--secretlintignore', '.gitignore', '**/*'],
    remedy: 'take it out and revoke it: it was seen; what is none goes into .secretlintrc.json',
  },
  { name: 'documents', command: ['node', 'scripts/documents/main.ts'], remedy: 'mend the pages named above' },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'], remedy: 'npm run generate' },
];

async function run(step: (typeof STEPS)[number]): Promise<boolean> {
  const begun = performance.now();
  const [program = '', ...args] = step.command;
  const executable = program === 'node' ? process.execPath : `node_modules/.bin/${program}`;
  const child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (code === 0) {
    console.log(`ok      ${step.name} (${seconds} s)`);
    return true;
  }
  console.log(`FAILED  ${step.name} (${seconds} s)\n${output.trim()}\n        remedy: ${step.remedy}`);
  return false;
}

const results = await Promise.all(STEPS.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
