export default function increment(value: number): number {
  return value + 1;
}
