/** `$(NAME)` gives the value, `$$(NAME)` the text `$(NAME)`; a name that is not known stays as written. The kubelet's rules. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, what: string, name: string | undefined) =>
    what === '$' ? '$' : (values[name ?? ''] ?? whole),
  );
}
