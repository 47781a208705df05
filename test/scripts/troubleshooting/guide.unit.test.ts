import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { pwpProgram } from '../../../operator/cli/program.ts';
import { REASONS } from '../../../operator/pool/conditions.ts';
import { alertNames, troubleshootingGuide } from '../../../scripts/troubleshooting/guide.ts';
import { SYMPTOMS } from '../../../scripts/troubleshooting/symptoms.ts';
import { FAILURES } from '../../../worker/failures.ts';

const crd = readFileSync('crds/previewworkerpools.yaml', 'utf8');

describe('docs/troubleshooting.md', () => {
  const guide = readFileSync('docs/troubleshooting.md', 'utf8');
  const sections = new Map(
    guide
      .split('\n## ')
      .slice(1)
      .map((section) => [/^<a id="([^"]+)"/.exec(section)?.[1] ?? '', section]),
  );
  const entry = (anchor: string) => new RegExp(`^- <a id="${anchor}"></a>\`(\\w+)\`: (.+)$`, 'm').exec(guide);

  it('begins with the five commonest symptoms, each with its first look', () => {
    const [begin = ''] = guide.split('\n## ');
    const first = [...begin.matchAll(/^\d\. \[.+\]\(#(.+)\): `(.+)`$/gm)];
    expect(first.map(([, id]) => id)).to.deep.equal([
      ...['nothing-is-rendered', 'previews-are-late', 'jobs-fail', 'pods-do-not-start', 'get-pwp-says-false'],
    ]);
    for (const [, id = '', look] of first) expect(sections.get(id)).to.contain(`\n${look}\n`);
  });

  for (const [reason, { remedy }] of Object.entries(REASONS))
    it(`tells of the condition’s reason ${reason} what is seen, its cause and its cure`, () => {
      const [, name, text] = entry(reason.toLowerCase()) ?? [];
      expect(name).to.equal(reason);
      expect(text).to.match(/^\S.+ Cause: \S/);
      if (remedy !== undefined) expect(text).to.contain(` Cure: ${remedy}.`);
    });

  for (const [reason, { remedy }] of Object.entries(FAILURES))
    it(`tells of jobs that fail with ${reason} what is seen, and the cure`, () => {
      const [, name, text] = entry(`job-${reason.toLowerCase()}`) ?? [];
      expect(name).to.equal(reason);
      expect(text).to.contain(` Cure: ${remedy}.`);
    });

  it('has each alert under a symptom, with its runbook', () => {
    const names = alertNames(crd);
    expect(names).to.include('PreviewPoolNotReady');
    for (const name of names) expect(guide).to.contain(`[${name}](alerts.md#${name.toLowerCase()})`);
    expect(() => troubleshootingGuide([...names, 'PreviewNew'])).to.throw('see PreviewNew');
    expect(() => troubleshootingGuide(names.slice(1))).to.throw(`see ${names[0]}`);
  });

  it('has no symptom without an entry, but for the operator’s own silence', () => {
    const empty = SYMPTOMS.filter(({ id }) => !/^- <a id=/m.test(sections.get(id) ?? ''));
    expect(empty.map(({ id }) => id)).to.deep.equal(['the-operator-does-not-answer']);
  });

  it('names commands and flags of kubectl pwp that are there', () => {
    const commands = new Map(pwpProgram('pwp').commands.map((command) => [command.name(), command]));
    const looks = [...guide.matchAll(/kubectl pwp ([a-z]+)([^`\n]*)/g)].filter(([, word]) => word !== undefined);
    expect(looks).to.not.be.empty;
    for (const [text, word = '', rest = ''] of looks) {
      const command = commands.get(word);
      expect(command, text).to.not.equal(undefined);
      const flags = command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
      for (const [flag] of rest.matchAll(/(?<= )--?[a-z]+/g)) expect(flags, text).to.include(flag);
    }
  });
});
