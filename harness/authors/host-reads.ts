/**
 * Tells when a scenario reads what may be another thing the next time although no file has changed: the clock, the environment of the
 * host, random numbers, the network. Its outcome is then not used again. Waiting and measuring a duration are no such reads. Modules of
 * node that read files are found by their imports (see run/reuse/scenario-inputs.ts).
 */
import { pathToFileURL } from 'node:url';

/** What a process answers the same for the same scenario and the same node. */
const SAME_EVERYWHERE: readonly PropertyKey[] = [
  ...[
    'abort',
    'emit',
    'emitWarning',
    'exit',
    'exitCode',
    'hrtime',
    'kill',
    'nextTick',
    'off',
    'on',
    'once',
    'removeListener',
  ],
  ...['arch', 'features', 'platform', 'release', 'stderr', 'stdout', 'version', 'versions'],
];

/** Where an author's code does not look: kconform's own code in this process. */
const OWN = pathToFileURL(process.argv[1] ?? '').href;

/**
 * Watches the globals of this process. kconform's own code may read what it likes.
 * @param onRead receives what was read, as a noun phrase: `the clock`; once for each
 */
export function watchHost(onRead: (what: string) => void): void {
  const told = new Set<string>();
  const read = (what: string, reader: object) => {
    if (told.has(what) || !isCalledByAuthor(reader)) return;
    told.add(what);
    onRead(what);
  };
  watchClock((reader) => read('the clock', reader));
  watchProcess((name, reader) => read(`process.${String(name)}`, reader));
  watchProperty(Math, 'random', (reader) => read('random numbers', reader));
  watchProperty(globalThis, 'crypto', (reader) => read('random numbers', reader));
  for (const name of ['fetch', 'WebSocket', 'EventSource'])
    watchProperty(globalThis, name, (reader) => read('the network', reader));
  watchProperty(globalThis, 'navigator', (reader) => read('the host', reader));
  for (const name of ['timeOrigin', 'toJSON', 'nodeTiming'])
    watchProperty(performance, name, (reader) => read('the clock', reader));
}

/** `reader` is the function that noticed the read: what is above it on the stack is not looked at. */
type Notice = (reader: object) => void;

function watchClock(onRead: Notice): void {
  const now = () => {
    onRead(now);
    return Real.now();
  };
  const Real = Date;
  const traps: ProxyHandler<DateConstructor> = {
    construct: function construct(target, args, newTarget) {
      if (args.length === 0) onRead(construct);
      return Reflect.construct(target, args, newTarget);
    },
    apply: function apply() {
      onRead(apply);
      return Real();
    },
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  };
  const watched = new Proxy(Real, traps);
  Object.defineProperty(Real.prototype, 'constructor', { value: watched, configurable: true, writable: true });
  replace(globalThis, 'Date', watched);
  // A format without a date formats the present.
  const construct = function construct(target: object, args: unknown[], newTarget: object) {
    onRead(construct);
    return Object(Reflect.construct(Object(target), args, Object(newTarget)));
  };
  const apply = function apply(target: object, self: unknown, args: unknown[]) {
    onRead(apply);
    return Reflect.apply(Object(target), self, args);
  };
  replace(Intl, 'DateTimeFormat', new Proxy(Intl.DateTimeFormat, { construct, apply }));
}

function watchProcess(onRead: (name: PropertyKey, reader: object) => void): void {
  const real = process;
  const get = function get(_: object, name: PropertyKey): unknown {
    if (!SAME_EVERYWHERE.includes(name) && typeof name === 'string') onRead(name, get);
    return Reflect.get(real, name);
  };
  replace(globalThis, 'process', new Proxy(real, { get }));
}

function watchProperty(object: object, name: string, onRead: Notice): void {
  if (!(name in object)) return;
  let value: unknown = Reflect.get(object, name);
  Object.defineProperty(object, name, {
    configurable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(object, name),
    get: function get(): unknown {
      onRead(get);
      return value;
    },
    set: (now: unknown) => {
      value = now;
    },
  });
}

function replace(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: false, writable: true });
}

/** Whether the innermost code that is neither node's nor the reader itself is the author's. Code that has no file is the author's too. */
function isCalledByAuthor(reader: object): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let sites: readonly NodeJS.CallSite[] = [];
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  Error.prepareStackTrace = (_, found) => {
    sites = found;
    return '';
  };
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, Object(reader));
    String(holder.stack); // it is made when it is read
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
  const nearest = sites.find((site) => site.isEval() || !/^(node:|$)/.test(site.getFileName() ?? ''));
  return nearest === undefined || nearest.isEval() || nearest.getFileName() !== OWN;
}
