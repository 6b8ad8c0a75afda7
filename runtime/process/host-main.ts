/** What a child process runs that performs tasks. Its supervisor has started it, and tells it everything else over the wire. */
import { Socket } from 'node:net';
import { WIRE_FD } from './descriptors.js';
import { Host } from './host.js';

const wire = new Socket({ fd: WIRE_FD, readable: true, writable: true });
new Host(wire);
