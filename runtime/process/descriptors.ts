/** What a host finds open: the wire to its supervisor, */
export const WIRE_FD = 3;
/** and the black box. */
export const BOX_FD = 4;
