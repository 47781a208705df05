import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { SCRIPTS } from '../../operator/cli/completion.ts';

const FOLDER = 'scripts';
const NAMES = ['update-preview-worker-image', 'validate-preview-payload', 'verify-preview-worker-deployment'];
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const commandOf = (text: string) => /deployment\/main\.ts['"]\)? (\S+)/.exec(text)?.[1];

describe('the scripts for shells', () => {
  let parser: Parser;

  before(async () => {
    await Parser.init();
    parser = new Parser().setLanguage(
      await Language.load(fileURLToPath(import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm'))),
    );
  });
  after(() => parser?.delete());

  const parsed = (text: string): Node => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('the parser has no language');
    return tree.rootNode;
  };

  it('are there for bash and for PowerShell, each pair for one command', () => {
    const files = readdirSync(FOLDER).filter((name) => /\.(sh|ps1)$/.test(name));
    expect(files.sort()).to.deep.equal(NAMES.flatMap((name) => [`${name}.ps1`, `${name}.sh`]).sort());
    for (const name of NAMES) {
      expect(commandOf(read(`${name}.sh`)), name)
        .to.be.a('string')
        .and.equal(commandOf(read(`${name}.ps1`)));
      expect(statSync(join(FOLDER, `${name}.sh`)).mode & 0o111, name).to.equal(0o111);
    }
  });

  for (const name of NAMES)
    it(`${name}.ps1 is PowerShell that passes on what it is given, and nothing more`, () => {
      const root = parsed(read(`${name}.ps1`));
      expect(root.hasError, root.toString()).to.equal(false);
      const commands = root.descendantsOfType('command').map((node) => node?.text.split(' ')[0]);
      expect(commands).to.deep.equal(['node', 'Join-Path']);
      const logic = /^(if|for|foreach|while|do|switch|try|function|trap)_statement$/;
      const types = root.tree.language.types.filter((type) => logic.test(type));
      expect(types).to.include('if_statement');
      expect(root.descendantsOfType(types).map((node) => node?.text)).to.deep.equal([]);
      expect(read(`${name}.ps1`)).to.match(/@args\nexit \$LASTEXITCODE\n$/);
    });

  it('the completion of pwp for PowerShell is PowerShell', () => {
    const root = parsed(SCRIPTS.pwsh);
    expect(root.hasError, root.toString()).to.equal(false);
  });

  it('the parser tells broken PowerShell from right', () => {
    expect(parsed('node (Join-Path $PSScriptRoot @args\n').hasError).to.equal(true);
  });
});
