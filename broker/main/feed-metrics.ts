import { Gauge, type Registry } from 'prom-client'
import type { ConfiguredFeeds } from './feeds.ts'

/** So many attributes are shown; those of further feeds are told in the entities of their assessments. */
const SHOWN = 500

/** Shows how good the data of the feeds of this process are today; labels are names of feeds and of the ontology. */
export function feedMetrics(
  registry: Registry,
  figures: () => ReturnType<ConfiguredFeeds['figures']> | undefined,
): void {
  const registers = [registry]
  const quality = new Gauge({
    name: 'hub_feed_quality_ratio',
    help: 'How good the data of a feed are today: live, complete, correct, clean, as shares from 0 to 1',
    labelNames: ['feed', 'type', 'attribute', 'quality'] as const,
    registers,
    collect: () => collected(),
  })
  const newest = new Gauge({
    name: 'hub_feed_newest_observation_timestamp_seconds',
    help: 'When the newest observation of an attribute was made',
    labelNames: ['feed', 'type', 'attribute'] as const,
    registers,
    collect: () => collected(),
  })

  let collecting: Promise<void> | undefined
  /** Both are read at once. */
  const collected = (): Promise<void> => {
    collecting ??= collect().finally(() => {
      collecting = undefined
    })
    return collecting
  }

  async function collect(): Promise<void> {
    const known = (await figures()) ?? []
    for (const family of [quality, newest]) family.reset()
    const all = [...known].flatMap(([feed, list]) => list.map((one) => ({ feed, ...one })))
    for (const { feed, subject, shares, newest: at } of all.slice(0, SHOWN)) {
      newest.set({ feed, ...subject }, at / 1000)
      for (const [name, value] of Object.entries(shares))
        quality.set({ feed, ...subject, quality: name }, value)
    }
  }
}
