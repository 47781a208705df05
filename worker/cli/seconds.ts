import { InvalidArgumentError } from 'commander';

/** An option's value: a number of seconds, with a fraction or without, of at least 0. */
export function seconds(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('it must be a number of seconds');
  return Number(text);
}
