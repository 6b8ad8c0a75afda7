const EVERY_MS = 50;

/** The highest value of a figure in each second, and over all. */
export interface Watched {
  readonly bySecond: number[];
  highest: number;
}

/** Reads a figure twenty times a second: a peak between two seconds counts too. */
export function watchFigure(read: () => number): { readonly watched: Watched; stop(): void } {
  const watched: Watched = { bySecond: [], highest: -Infinity };
  const start = performance.now();
  const look = (): void => {
    const value = read();
    const second = Math.floor((performance.now() - start) / 1000);
    // A second may pass without a look when the machine is busy.
    while (watched.bySecond.length <= second) watched.bySecond.push(value);
    watched.bySecond[second] = Math.max(watched.bySecond[second] ?? value, value);
    watched.highest = Math.max(watched.highest, value);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    watched,
    stop: () => {
      clearInterval(timer);
      look();
    },
  };
}
