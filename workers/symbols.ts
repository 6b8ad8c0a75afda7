/**
 * Marks shared by every copy of this package that ends up in one thread; registered symbols, since an application and its task modules may
 * resolve different copies.
 */

/** On a declared handler: its options. */
export const OPTIONS: unique symbol = Symbol.for('plustwo.task.options') as never;

/** On a result: `{ value, list }` to be moved. */
export const TRANSFER: unique symbol = Symbol.for('plustwo.transfer') as never;

/** On globalThis: the AsyncLocalStorage that holds the running attempt. */
export const CURRENT: unique symbol = Symbol.for('plustwo.thread.current') as never;

/** Piscina's marks on what its `move()` returns; registered as well, unlike the third mark, which differs from copy to copy. */
export const PISCINA_TRANSFERABLE: unique symbol = Symbol.for('Piscina.transferable') as never;
export const PISCINA_VALUE: unique symbol = Symbol.for('Piscina.valueOf') as never;
