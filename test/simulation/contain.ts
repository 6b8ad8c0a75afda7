const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;
type Listener = (...args: unknown[]) => void;

/**
 * Runs something with its stray errors told to `report`: what an abort listener throws, and a rejection nobody holds, surface in the
 * process, where the test runner would blame the test as a whole instead of the seed.
 */
export async function contain<Value>(report: (error: unknown) => void, act: () => Promise<Value>): Promise<Value> {
  const others = EVENTS.map((event) => [event, process.listeners(event as 'uncaughtException')] as const);
  for (const event of EVENTS) {
    process.removeAllListeners(event);
    process.on(event, report);
  }
  try {
    return await act();
  } finally {
    for (const [event, listeners] of others) {
      process.removeAllListeners(event);
      for (const listener of listeners) process.on(event, listener as Listener);
    }
  }
}
