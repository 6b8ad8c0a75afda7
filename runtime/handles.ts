import type { Outcome } from '../workers/protocol/outcome.js';
import type { CallOptions, MapOptions } from './call-options.js';
import type { Usage } from './task.js';

/** One result of `map`. */
export type MapItem<Input, Output> =
  | {
      /** Its place among the inputs, from 0. */
      readonly index: number;
      /** What the source gave. */
      readonly input: Input;
      /** It went well. */
      readonly status: 'ok';
      /** What the handler gave, awaited. */
      readonly value: Output;
      /** What it cost. */
      readonly usage: Usage;
    }
  | {
      /** Its place among the inputs, from 0. */
      readonly index: number;
      /** What the source gave. */
      readonly input: Input;
      /** How it ended instead. */
      readonly status: Exclude<Outcome, 'ok'>;
      /** What a call of the handle would have been rejected with. */
      readonly error: unknown;
      /** What it cost. */
      readonly usage: Usage;
    };

/** Calls one exported function of a task module in the threads. */
export interface Handle<Input, Output> {
  /**
   * Submits a task. Never throws; whatever goes wrong rejects the promise. The input is cloned when it is sent to a thread: do not change
   * it before the promise settles.
   */
  (...call: HandleArguments<Input>): Promise<Output>;
  /**
   * Submits a task for every input. Inputs are pulled as room is made; an item's failure is an item, not an end; leaving the loop early
   * cancels the rest and closes the source.
   */
  map<Item extends Input>(
    inputs: Iterable<Item> | AsyncIterable<Item>,
    options?: MapOptions,
  ): AsyncIterableIterator<MapItem<Item, Output>>;
  /** The export's name, or `module#export` where that is ambiguous. */
  readonly taskName: string;
}

/** A handler without a parameter is called without an input. */
export type HandleArguments<Input> = unknown extends Input
  ? [input?: unknown, options?: CallOptions]
  : undefined extends Input
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

/** The first parameter of a handler; undefined when it has none. */
export type InputOf<Handler> = Handler extends (...args: infer Args) => unknown
  ? Args extends []
    ? undefined
    : Args[0]
  : never;

/** What a handler gives, awaited. */
export type OutputOf<Handler> = Handler extends (...args: never[]) => infer Output ? Awaited<Output> : never;

/** Names of a module's exported functions, `setup` and `teardown` left out. */
export type TaskNames<Module> = {
  [Name in keyof Module]: Name extends 'setup' | 'teardown'
    ? never
    : Awaited<Module[Name]> extends (...args: never[]) => unknown
      ? Name
      : never;
}[keyof Module];

/** A typed handle for each exported function of a module. */
export type Handles<Module> = {
  readonly [Name in TaskNames<Module>]: Handle<InputOf<Awaited<Module[Name]>>, OutputOf<Awaited<Module[Name]>>>;
};

/** What `load` assumes of a module it was told nothing about. */
// It takes and gives anything: `unknown` would refuse every use of a result.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyModule = Record<string, (input?: any) => any>;
