import type { ResourceKind } from '../../workers/protocol/ledger.js';

/** A way of opening something, as lines of the module that mixed-module.ts writes. `path`, `directory` and `port` are in scope. */
export interface Opener {
  readonly name: string;
  /** The line that has to be named when it is not closed. */
  readonly open: string;
  /** Until it is really open. */
  readonly ready?: string;
  readonly close: string;
  readonly resource: ResourceKind;
  /** What the row has to give as path. */
  readonly path: 'path' | 'directory' | 'anything';
}

export const OPENERS: readonly Opener[] = [
  file('OpenSync', "const it = openSync(path, 'r');", 'closeSync(it);'),
  file('OpenSyncAppend', "const it = openSync(path, 'a+');", 'closeSync(it);'),
  file('OpenSyncOfDefault', "const it = fs.openSync(path, 'r');", 'fs.closeSync(it);'),
  file('OpenSyncOfRequire', "const it = require('fs').openSync(path, 'r');", "require('fs').closeSync(it);"),
  file(
    'OpenCallback',
    'const it = await new Promise((ok, no) => open(path, (error, fd) => (error ? no(error) : ok(fd))));',
    'await new Promise((ok) => close(it, ok));',
  ),
  file('OpenPromisified', "const it = await promisify(open)(path, 'r');", 'await promisify(close)(it);'),
  file('PromisesOpen', "const it = await promises.open(path, 'r');", 'await it.close();'),
  file('PromisesOpenWrite', "const it = await promises.open(path, 'r+');", 'await it.close();'),
  {
    ...file('ReadStream', 'const it = createReadStream(path);', "it.destroy(); await once(it, 'close');"),
    ready: "await once(it, 'open');",
  },
  {
    ...file('WriteStream', "const it = createWriteStream(path, { flags: 'a' });", "it.end(); await once(it, 'close');"),
    ready: "await once(it, 'open');",
  },
  directory('OpendirSync', 'const it = opendirSync(directory);', 'it.closeSync();'),
  directory('OpendirPromises', 'const it = await promises.opendir(directory);', 'await it.close();'),
  directory('OpendirCallback', 'const it = await promisify(opendir)(directory);', 'await it.close();'),
  {
    ...other('socket', 'Connect', "const it = connect(port, '127.0.0.1');", "it.destroy(); await once(it, 'close');"),
    ready: "await once(it, 'connect');",
  },
  {
    ...other('server', 'NetServer', "const it = createServer().listen(0, '127.0.0.1');", 'it.close();'),
    ready: "await once(it, 'listening');",
  },
  {
    ...other('server', 'HttpServer', "const it = http.createServer().listen(0, '127.0.0.1');", 'it.close();'),
    ready: "await once(it, 'listening');",
  },
  {
    ...other('udp', 'Udp', "const it = createSocket('udp4'); it.bind(0, '127.0.0.1');", 'it.close();'),
    ready: "await once(it, 'listening');",
  },
  { ...other('watcher', 'Watch', 'const it = watch(directory);', 'it.close();'), path: 'directory' },
  {
    ...other('process', 'Spawn', "const it = spawn('sleep', ['100'], { stdio: 'ignore' });", 'it.kill();'),
    ready: "await once(it, 'spawn');",
  },
  {
    ...other(
      'socket',
      'Request',
      'const it = http.get({ port, host: "127.0.0.1", path: "/endless", agent: false });',
      "it.destroy(); await once(it, 'close');",
    ),
    ready: "await once(it, 'response');",
  },
];

/** Tasks that leave nothing behind, each in a way that could be mistaken for a leak: bodies with no opener of their own. */
export const CLEAN_WAYS: Readonly<Record<string, string>> = {
  readFile: 'await promises.readFile(path);',
  readFileManyAtOnce: 'await Promise.all(Array.from({ length: 8 }, () => promises.readFile(path)));',
  writeFile: 'await promises.writeFile(path, "x".repeat(100));',
  copyFile: 'await promises.copyFile(path, `${path}.copy`);',
  readStreamToItsEnd: 'for await (const chunk of createReadStream(path)) void chunk;',
  pipedToItsEnd: 'await pipeline(createReadStream(path), createWriteStream(`${path}.piped`));',
  streamOfDescriptor: 'for await (const chunk of createReadStream("", { fd: openSync(path, "r") })) void chunk;',
  streamOfHandle: 'for await (const chunk of (await promises.open(path)).createReadStream()) void chunk;',
  linesOfHandle: 'for await (const line of (await promises.open(path)).readLines()) void line;',
  directoryToItsEnd: 'for await (const entry of await promises.opendir(directory)) void entry;',
  handleClosingAtTheEnd: 'const it = await promises.open(path); void it.close();',
  closingAtTheEnd: 'const it = openSync(path, "r"); close(it, () => {});',
  streamClosingAtTheEnd: 'const it = createReadStream(path); await once(it, "open"); it.destroy();',
  closedAfterAnError:
    'const it = openSync(path, "r"); try { await promises.readFile(`${path}.none`); } catch {} finally { closeSync(it); }',
  deferred: 'const it = openSync(path, "r"); ctx.defer(() => closeSync(it));',
  declaredShared: 'cache ??= shared(() => openSync(path, "r")); readSync(cache, Buffer.alloc(8), 0, 8, 0);',
  keptConnection: 'await text(await fetch(`http://127.0.0.1:${port}/`));',
  keptByAgent:
    'await new Promise((ok, no) => http.get({ port, host: "127.0.0.1", agent }, (r) => r.resume().on("end", ok)).on("error", no));',
  commandToItsEnd: 'const it = spawn("true", { stdio: "ignore" }); await once(it, "close");',
  socketEndedByBoth:
    'const it = connect(port, "127.0.0.1"); await once(it, "connect"); it.resume().end(); await once(it, "close");',
};

function file(name: string, open: string, close: string): Opener {
  return { name, open, close, resource: 'file', path: 'path' };
}

function directory(name: string, open: string, close: string): Opener {
  return { name, open, close, resource: 'directory', path: 'directory' };
}

function other(resource: ResourceKind, name: string, open: string, close: string): Opener {
  return { name, open, close, resource, path: 'anything' };
}
