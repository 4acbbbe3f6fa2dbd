/** What all files in one process share, as it was at a moment. */
export interface Globals {
  /** Whether nothing of it was changed since, no timer or connection is open, and nobody listens to the process. */
  unchanged(): boolean;
}

/** Each object with its properties; the values are compared by identity. */
type Properties = readonly (readonly [object, ReadonlyMap<PropertyKey, unknown>])[];

/** Takes down globalThis, what stands in it, the prototypes there, the environment and the working directory. */
export function takeGlobals(): Globals {
  const before = propertiesOf(sharedObjects());
  const listeners = countListeners();
  const folder = process.cwd();
  const resources = process.getActiveResourcesInfo().length;
  return {
    unchanged: () =>
      process.cwd() === folder &&
      countListeners() === listeners &&
      process.getActiveResourcesInfo().length <= resources &&
      before.every(([object, properties]) => isSame(object, properties)),
  };
}

function sharedObjects(): Set<object> {
  const found = new Set<object>([globalThis, process.env]);
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(globalThis))) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    found.add(value);
    const { prototype } = value;
    if (typeof prototype === 'object' && prototype !== null) found.add(prototype);
  }
  return found;
}

function propertiesOf(objects: Iterable<object>): Properties {
  return [...objects].map((object) => [
    object,
    new Map(Reflect.ownKeys(object).map((name) => [name, contentOf(object, name)])),
  ]);
}

function isSame(object: object, properties: ReadonlyMap<PropertyKey, unknown>): boolean {
  const names = Reflect.ownKeys(object);
  return (
    names.length === properties.size &&
    names.every((name) => properties.has(name) && Object.is(properties.get(name), contentOf(object, name)))
  );
}

/** A property's value, or its getter, which is not called. */
function contentOf(object: object, name: PropertyKey): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(object, name);
  return descriptor?.get ?? descriptor?.value;
}

function countListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}
