import type { FileCalls } from '../../runtime/logs/files/append-file.js';

interface Node {
  readonly inode: number;
  bytes: Buffer;
  links: number;
}

/** A disk whose faults a test decides on. */
export class FakeDisk {
  readonly #files = new Map<string, Node>();
  readonly #open = new Map<number, Node>();
  #made = 0;
  /** Inodes of files that are gone: they are given again, as most file systems do. */
  readonly #free: number[] = [];
  /** Bytes there is room for. */
  room = Infinity;
  /** The most that is taken by one write. */
  appetite = Infinity;
  /** The code every opening fails with, */
  opensFail: string | undefined;
  /** and every write. */
  writesFail: string | undefined;
  /** Whether what is in a file can be taken back. */
  canTruncate = true;
  /** Whether it says how many names a file has. */
  countsLinks = true;
  /** Contents of files that were removed, at that time. */
  readonly removed: string[] = [];

  get openFiles(): number {
    return this.#open.size;
  }

  textOf(path: string): string {
    return this.#files.get(path)?.bytes.toString() ?? '';
  }

  put(path: string, text: string): void {
    this.#files.set(path, { inode: this.#free.pop() ?? ++this.#made, bytes: Buffer.from(text), links: 1 });
  }

  empty(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) throw error('ENOENT');
    this.removed.push(file.bytes.toString());
    file.bytes = Buffer.alloc(0);
  }

  remove(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    file.links--;
    this.removed.push(file.bytes.toString());
    this.#release(file);
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) throw error('ENOENT');
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  /** What stands in for the system's calls. */
  get calls(): FileCalls {
    return {
      openSync: (path: unknown) => this.#openFile(String(path)),
      writeSync: (fd: number, what: unknown, at = 0, length = 0) =>
        this.#write(fd, typeof what === 'string' ? Buffer.from(what) : (what as Buffer).subarray(at, at + length)),
      closeSync: (fd: number) => {
        const file = this.#node(fd);
        this.#open.delete(fd);
        this.#release(file);
      },
      fstatSync: (fd: number) => this.#stat(this.#node(fd)),
      statSync: (path: unknown) => this.#stat(this.#files.get(String(path))),
      readSync: (fd: number, into: Uint8Array, _at: number, _length: number, position: number) => {
        into[0] = this.#node(fd).bytes[position] ?? 0;
        return 1;
      },
      ftruncateSync: (fd: number, length: number) => {
        const file = this.#node(fd);
        if (!this.canTruncate) throw error('EPERM');
        this.room += file.bytes.length - length;
        file.bytes = file.bytes.subarray(0, length);
      },
      mkdirSync: () => undefined,
    } as unknown as FileCalls;
  }

  /** Once a file has no name and nobody has it open, there is no such file. */
  #release(file: Node): void {
    if (file.links === 0 && ![...this.#open.values()].includes(file)) this.#free.push(file.inode);
  }

  #openFile(path: string): number {
    if (this.opensFail !== undefined) throw error(this.opensFail);
    if (!this.#files.has(path)) this.put(path, '');
    const fd = ++this.#made;
    this.#open.set(fd, this.#files.get(path) as Node);
    return fd;
  }

  #write(fd: number, bytes: Buffer): number {
    const file = this.#node(fd);
    if (this.writesFail !== undefined) throw error(this.writesFail);
    const taken = Math.min(bytes.length, this.appetite, this.room);
    if (taken === 0) throw error('ENOSPC');
    file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, taken)]);
    this.room -= taken;
    return taken;
  }

  #node(fd: number): Node {
    const file = this.#open.get(fd);
    if (file === undefined) throw error('EBADF');
    return file;
  }

  #stat(file: Node | undefined): { ino: number; nlink: number; size: number } {
    if (file === undefined) throw error('ENOENT');
    return { ino: file.inode, nlink: this.countsLinks ? file.links : 0, size: file.bytes.length };
  }
}

function error(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as the test wanted`), { code });
}
