import { Deserializer, Serializer } from 'node:v8';

/**
 * A value as bytes, as structured clone would take it.
 *
 * Node's own `v8.serialize` is left aside: it writes every view of memory by itself, and gives views back that lie in the very buffer that was
 * read. Two results would share memory that way, and one could change, or move away, what the other sees.
 *
 * @throws what structured clone throws, and for what cannot leave the process: ports, shared memory, handles
 */
export function serialize(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The value of {@link serialize}; shares nothing with the bytes. */
export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue() as unknown;
}
