/** Does something with each, one after the other, also behind those that it fails for. @throws the faults */
export async function oneAfterAnother<T>(
  things: Iterable<T>,
  work: (thing: T) => Promise<unknown>,
): Promise<void> {
  const faults: unknown[] = []
  for (const thing of things) await work(thing).catch((fault: unknown) => faults.push(fault))
  if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults)
}
