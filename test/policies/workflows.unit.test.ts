import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: unknown;
        readonly 'timeout-minutes'?: number;
        readonly steps: readonly { readonly run?: string; readonly uses?: string; readonly with?: object }[];
      }
    >
  >;
}

/** Jobs with what they write; all others write nothing. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  'build-push.yml image': ['packages', 'id-token'],
  'codeql.yml analyze': ['security-events'],
  'scorecard.yml analysis': ['security-events', 'id-token'],
};

describe('the workflows', () => {
  const workflows = new Map<string, { text: string; workflow: Workflow }>();
  before(async () => {
    for (const name of await readdir(FOLDER)) {
      const text = await readFile(join(FOLDER, name), 'utf8');
      workflows.set(name, { text, workflow: parse(text) as Workflow });
    }
    expect([...workflows.keys()]).to.include.members(['ci.yml', 'build-push.yml', 'nightly.yml', 'scorecard.yml']);
  });

  it('may only read, but for the jobs that say what they write', () => {
    for (const [name, { workflow }] of workflows) {
      expect(workflow.permissions, name).to.deep.equal({ contents: 'read' });
      // A job that names some has no others: without this one it gets no checkout of a private repository.
      for (const [job, { permissions = { contents: 'read' } }] of Object.entries(workflow.jobs)) {
        const written = Object.fromEntries((WRITERS[`${name} ${job}`] ?? []).map((what) => [what, 'write']));
        expect(permissions, `${name} ${job}`).to.deep.equal({ contents: 'read', ...written });
      }
    }
  });

  it('name each action by a commit, with its version beside it', () => {
    for (const [name, { text }] of workflows) {
      const lines = text.split('\n').filter((line) => /\buses:/.test(line));
      expect(lines, name).not.to.deep.equal([]);
      for (const line of lines) expect(line, name).to.match(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('pin one action to one commit everywhere', () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of workflows.values())
      for (const [, owner = '', pin = ''] of text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@(\S+)/g))
        pins.set(owner, (pins.get(owner) ?? new Set()).add(pin));
    for (const [owner, commits] of pins) expect([...commits], owner).to.have.length(1);
  });

  it('put nothing that a stranger wrote into a script, and keep no token in the checkout', () => {
    for (const [name, { workflow, text }] of workflows) {
      expect(text, name).not.to.include('pull_request_target');
      for (const { steps, 'timeout-minutes': minutes } of Object.values(workflow.jobs)) {
        expect(minutes, `${name} has a job without an end`).to.be.a('number');
        for (const { run = '', uses = '', with: given } of steps) {
          expect(run, name).not.to.include('${{');
          if (uses.startsWith('actions/checkout@')) expect(given).to.include({ 'persist-credentials': false });
        }
      }
    }
  });

  it('run scripts that package.json has', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    const nightly = workflows.get('nightly.yml')?.workflow as unknown as {
      jobs: { suite: { strategy: { matrix: { command: string[] } } } };
    };
    for (const command of nightly.jobs.suite.strategy.matrix.command) expect(scripts).to.have.property(command);
  });
});
