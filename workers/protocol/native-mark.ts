/**
 * Stands in the table of owners, instead of a thread's stamp, for a descriptor that native code has opened: a negative number, while stamps
 * are positive, made from what the kernel says the descriptor stands for. Nobody is seen closing such a descriptor; once its number stands
 * for something else, the mark does not fit any more.
 */
export function nativeMark(link: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < link.length; at++) hash = Math.imul(hash ^ link.charCodeAt(at), 0x01000193);
  return hash | (1 << 31);
}
