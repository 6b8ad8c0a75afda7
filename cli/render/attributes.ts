/** What was logged beside a text: as JSON in one line, and by itself the stack of an error among it, which is unreadable there. */
export function attributesText(attributes: unknown): { readonly text: string; readonly stack: string | undefined } {
  if (attributes === undefined) return { text: '', stack: undefined };
  if (typeof attributes !== 'object' || attributes === null)
    return { text: JSON.stringify(attributes), stack: undefined };
  const { error, ...others } = attributes as Record<string, unknown>;
  if (!hasStack(error)) return { text: JSON.stringify(attributes), stack: undefined };
  const { stack, name, message, ...rest } = error;
  const isTold = stack.startsWith(`${String(name)}: ${String(message)}`);
  const told = isTold ? rest : { name, message, ...rest };
  const left = Object.keys(told).length === 0 ? others : { ...others, error: told };
  return { text: Object.keys(left).length === 0 ? '' : JSON.stringify(left), stack };
}

interface Thrown {
  readonly stack: string;
  readonly [name: string]: unknown;
}

function hasStack(error: unknown): error is Thrown {
  return typeof error === 'object' && error !== null && typeof (error as Partial<Thrown>).stack === 'string';
}
