/**
 * Puts another function in the place of one of an object's. It keeps the name, the length and what else hangs on the original, such as what
 * `util.promisify` looks for.
 */
export function replace<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  make: (native: Target[Name]) => object,
): void {
  const native = target[name] as Target[Name] & object;
  const instead = make(native);
  for (const key of Reflect.ownKeys(native)) {
    if (key === 'prototype') continue;
    const descriptor = Object.getOwnPropertyDescriptor(native, key);
    if (descriptor !== undefined) Object.defineProperty(instead, key, descriptor);
  }
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    ...Object.getOwnPropertyDescriptor(target, name),
    value: instead,
  });
}
