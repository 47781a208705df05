import { InvalidArgumentError } from 'commander';

const WORDS = ['name', 'preset', 'fit', 'format', 'position', 'background'];
const NUMBERS = ['width', 'height', 'quality', 'effort', 'page', 'timeSeconds'];
const FLAGS = ['lossless', 'sharpen', 'animated', 'copyright'];
const FIELDS = [...WORDS, ...NUMBERS, ...FLAGS];

export const OUTPUT_HELP = 'as in name=grid,width=512,height=512,fit=cover,format=webp,quality=80; may be given again';

/** `name=grid,width=512,…` as one more output of a payload, whose schema judges the values. */
export function addOutput(text: string, outputs: readonly object[] | undefined): readonly object[] {
  const fields = text.split(',').map((pair) => {
    const [name = '', value] = pair.split('=');
    if (!FIELDS.includes(name) || value === undefined) {
      throw new InvalidArgumentError(`'${pair}' is no field=value; fields are: ${FIELDS.join(', ')}`);
    }
    return [name, parsed(name, value)];
  });
  return [...(outputs ?? []), Object.fromEntries(fields)];
}

function parsed(name: string, value: string): unknown {
  if (NUMBERS.includes(name)) return Number(value);
  return FLAGS.includes(name) ? value === 'true' || value : value;
}
