import { expect } from 'chai';
import { unprovenCommands } from '../../../scripts/documents/commands.ts';
import { commandsIn, fencesIn } from '../../../scripts/documents/fences.ts';
import { brokenLinks } from '../../../scripts/documents/links.ts';
import { readPages } from '../../../scripts/documents/pages.ts';
import { danglingReferences } from '../../../scripts/documents/references.ts';

const fenced = (mark: string, body = 'npm ci', language = 'sh') =>
  `# Page\n\n${mark === '' ? '' : `${mark}\n`}\`\`\`${language}\n${body}\n\`\`\`\n`;
const complaints = (text: string, page = 'README.md') => unprovenCommands(new Map([[page, text]]));
const commands = (body: string, language = 'sh') => fencesIn(fenced('', body, language)).flatMap(commandsIn);

describe('links of the documents', () => {
  it('that lead to no file and to no heading are found, those in code are none', async () => {
    const text = 'See [a](docs/absent.md), [b](LICENSE), [c](#here) and [d](#there).\n\n## Here\n\n`[e](no.md)`\n';
    expect(await brokenLinks(new Map([['README.md', `${text}${fenced('', '[f](no.md)', 'text')}`]]))).to.deep.equal([
      'README.md: docs/absent.md is not there',
      'README.md: #there is no heading there',
    ]);
  });

  it('are looked for in every page of the repository', async () => {
    const names = [...(await readPages()).keys()];
    expect(names).to.include.members(['README.md', 'docs/scaling.md', '.github/pull_request_template.md']);
    expect(names.filter((name) => name.includes('node_modules'))).to.deep.equal([]);
  });
});

describe('commands of the documents', () => {
  it('need a test that runs them, or a reason', () => {
    expect(complaints(fenced('')).join()).to.match(/^README\.md:3: its commands are run by no test: write /);
    expect(complaints(fenced('<!-- not run: needs a tape drive -->'))).to.deep.equal([]);
    expect(complaints(fenced('<!-- not run: -->')).join()).to.include('or lack their text');
  });

  it('are run by a test that is there, is in a suite and takes them from the page', () => {
    const by = (file: string) => complaints(fenced(`<!-- run by: ${file} -->`)).join();
    expect(by('test/acceptance/gate-4.test.ts')).to.equal('');
    expect(by('test/absent.unit.test.ts')).to.include('test/absent.unit.test.ts is not there');
    expect(by('test/documents/shown.ts')).to.include('is in no suite');
    expect(by('test/scripts/tools/cache.unit.test.ts')).to.include('takes no command from this page');
  });

  it('can not hide in a block that does not say what it is, and a mark above nothing is told', () => {
    expect(complaints(fenced('', 'npm ci', '')).join()).to.match(/:3: a block without a language/);
    expect(complaints('<!-- not run: too far -->\n\nText.\n').join()).to.include('1 of its marks');
    expect(complaints(fenced('', 'a: 1', 'yaml'))).to.deep.equal([]);
    expect(complaints(fenced('<!-- run by: test/check.test.ts -->', 'a: 1', 'yaml')).join()).to.include('no block for');
  });

  it('are lines, with what continues them, without comments', () => {
    expect(commands("# first\na  # one\nb \\\n  --c\n\ncat <<'END'\nd # e\nEND\nf '#1'")).to.deep.equal([
      ...['a', 'b \\\n  --c', "cat <<'END'\nd # e\nEND", "f '#1'"],
    ]);
  });

  it('of a console stand behind its prompt, and a file for a shell is one', () => {
    expect(commands('$ a\n1\n$ b\n2', 'console')).to.deep.equal(['a', 'b']);
    expect(commands('#!/bin/sh\n# what\nexec a\nb')).to.deep.equal(['#!/bin/sh\n# what\nexec a\nb\n']);
  });
});

describe('what sentences of the documents tell people to run in a checkout', () => {
  const dangling = (text: string) => danglingReferences(new Map([['README.md', text]]));

  it('is a script of package.json', () => {
    expect(dangling('`npm run check`, `npm run -s pwp -- law`, `npm run test:e2e`')).to.deep.equal([]);
    expect(dangling('`npm run absent`')).to.deep.equal(['README.md: npm run absent is no script of package.json']);
  });

  it('is a test that is there, by words of its title', () => {
    const FILE = 'test/operator/cli/law.unit.test.ts';
    expect(dangling(`\`npx mocha ${FILE}\` and \`FAULTS_FULL=1 npx mocha ${FILE} -g 'names it'\``)).to.deep.equal([]);
    expect(dangling(`\`npx mocha ${FILE} -g 'flies away'\``)).to.deep.equal([
      `README.md: no test of ${FILE} is called /flies away/`,
    ]);
    expect(dangling('`npx mocha test/absent.unit.test.ts`')).to.deep.equal([
      'README.md: test/absent.unit.test.ts is not there',
    ]);
  });
});
