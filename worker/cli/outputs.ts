import { InvalidArgumentError } from 'commander';

const FIELDS = ['name', 'preset', 'width', 'height', 'fit', 'format', 'quality', 'page', 'timeSeconds'];
const NUMBERS: ReadonlySet<string> = new Set(['width', 'height', 'quality', 'page', 'timeSeconds']);

export const OUTPUT_HELP = 'as in name=grid,width=512,height=512,fit=cover,format=webp,quality=80; may be given again';

/** `name=grid,width=512,…` as one more output of a payload, whose schema judges the values. */
export function addOutput(text: string, outputs: readonly object[] | undefined): readonly object[] {
  const fields = text.split(',').map((pair) => {
    const [name = '', value] = pair.split('=');
    if (!FIELDS.includes(name) || value === undefined) {
      throw new InvalidArgumentError(`'${pair}' is no field=value; fields are: ${FIELDS.join(', ')}`);
    }
    return [name, NUMBERS.has(name) ? Number(value) : value];
  });
  return [...(outputs ?? []), Object.fromEntries(fields)];
}
