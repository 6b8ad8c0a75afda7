/**
 * Computes for a fixed number of steps. A loop that watches the clock instead would make more threads than cores look
 * free: each would count the time in which another one ran.
 */
export default function spin(steps: number): number {
  let state = 0x9e3779b9;
  for (let step = 0; step < steps; step++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state >>> 0;
}
