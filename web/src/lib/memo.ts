/** The value of a key, made when it is first asked for: an `Intl` formatter takes as long to make as dozens of its uses. */
export function memo<T>(known: Map<string, T>, key: string, make: () => T): T {
  let found = known.get(key);
  if (found === undefined) {
    found = make();
    known.set(key, found);
  }
  return found;
}
