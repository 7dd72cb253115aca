/** What a page has under this name, if this is one: the sources are compiled without the types of the DOM. */
export function pageGlobal<T>(name: string): T | undefined {
  return Reflect.get(globalThis, name);
}
