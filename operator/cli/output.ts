import { type Command, Option } from 'commander';

export type Output = 'json' | 'wide';

export const withOutput = (command: Command): Command =>
  command.addOption(new Option('-o, --output <form>', 'more columns, or JSON for programs').choices(['wide', 'json']));

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
};
