/** A module and the export of it that is the task. */
export interface HandlerAddress {
  module: string;
  export: string;
}

/** Takes `module#export` apart; without `#export` it is the default one. */
export function parseHandlerAddress(address: string): HandlerAddress {
  const hash = address.lastIndexOf('#');
  if (hash === -1) return { module: address, export: 'default' };
  return { module: address.slice(0, hash), export: address.slice(hash + 1) };
}
