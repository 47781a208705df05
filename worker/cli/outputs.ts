import { InvalidArgumentError } from 'commander';

const WORDS = ['name', 'preset', 'fit', 'format', 'position', 'background'];
const NUMBERS = ['width', 'height', 'quality', 'effort', 'page', 'timeSeconds'];
const FLAGS = ['lossless', 'sharpen', 'animated', 'copyright'];
const FIELDS = [...WORDS, ...NUMBERS, ...FLAGS];

export const OUTPUT_HELP =
  'name=grid,width=512,height=512 and, unless the defaults will do, fit=inside|cover|contain|fill, ' +
  'format=webp|jpeg|png|avif, quality=80, position=centre|attention|entropy, background=#rrggbb, effort=2, ' +
  'lossless=true, sharpen=true, animated=true, copyright=true, page=1, timeSeconds=0, joined by commas; may be given again';

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
