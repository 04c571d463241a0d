import type { Entity } from '../../core/model/entity.ts'
import type { Copy } from '../../federation/combine/combine-copies.ts'
import type { LocalPage } from './cached-page.ts'

/** What a page depends on besides what sources answered. */
interface MergedOf {
  /** Names page and style. */
  readonly key: string
  /** State of this hub's own store. */
  readonly generation: number
}

interface MergedPage extends MergedOf {
  readonly copies: readonly Copy[]
  readonly page: LocalPage
}

/** Pages by the first entity that they were made of: while that is around the others mostly are too. */
const MERGED = new WeakMap<Entity, MergedPage>()

/** Answers the page that was made of the very same copies: entities that came again as they were are the same objects. */
export function mergedBefore(copies: readonly Copy[], of: MergedOf): LocalPage | undefined {
  const before = copies[0] && MERGED.get(copies[0].entity)
  if (before?.key !== of.key || before.generation !== of.generation) return undefined
  const same =
    before.copies.length === copies.length && copies.every((copy, at) => isSame(copy, before.copies[at]))
  return same ? before.page : undefined
}

/** Remembers a page that nothing but these copies has a part in. */
export function keepMerged(copies: readonly Copy[], of: MergedOf, page: LocalPage): void {
  if (copies[0]) MERGED.set(copies[0].entity, { ...of, copies, page })
}

function isSame({ entity, source, auxiliary }: Copy, other: Copy | undefined): boolean {
  return entity === other?.entity && source === other.source && auxiliary === other.auxiliary
}
