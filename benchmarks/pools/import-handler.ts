export type AnyHandler = (input: unknown) => unknown;

/** For the pools whose threads run a file of the pool's own making: imports the handler that all contenders share. */
export async function importHandler(href: string): Promise<AnyHandler> {
  const module = (await import(href)) as { default: AnyHandler };
  return module.default;
}
