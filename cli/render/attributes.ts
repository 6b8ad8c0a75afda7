/** What was logged beside a text: as JSON in one line, and by themselves the stacks of an error among it, which are unreadable there. */
export function attributesText(attributes: unknown): { readonly text: string; readonly stack: string | undefined } {
  if (attributes === undefined) return { text: '', stack: undefined };
  if (typeof attributes !== 'object' || attributes === null)
    return { text: JSON.stringify(attributes), stack: undefined };
  const { error, ...others } = attributes as Record<string, unknown>;
  if (!hasStack(error)) return { text: JSON.stringify(attributes), stack: undefined };
  const { told, stacks } = parted(error);
  const left = told === undefined ? others : { ...others, error: told };
  return { text: Object.keys(left).length === 0 ? '' : JSON.stringify(left), stack: stacks.join('\nCaused by: ') };
}

interface Thrown {
  readonly stack: string;
  readonly [name: string]: unknown;
}

/** An error's stack and those of its causes, and what they do not say, if anything. */
function parted({ stack, name, message, cause, ...rest }: Thrown): { told: object | undefined; stacks: string[] } {
  const isTold = stack.startsWith(`${String(name)}: ${String(message)}`);
  const own = isTold ? rest : { name, message, ...rest };
  const inner = hasStack(cause) ? parted(cause) : { told: cause, stacks: [] };
  const told = inner.told === undefined ? own : { ...own, cause: inner.told };
  return { told: Object.keys(told).length === 0 ? undefined : told, stacks: [stack, ...inner.stacks] };
}

function hasStack(error: unknown): error is Thrown {
  return typeof error === 'object' && error !== null && typeof (error as Partial<Thrown>).stack === 'string';
}
