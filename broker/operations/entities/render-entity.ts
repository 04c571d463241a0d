import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import { validUntil } from '../../core/merge/valid-until.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { render } from '../../core/view/render.ts'
import { renderFeature } from '../../core/view/render-feature.ts'
import { renderKey } from '../../core/view/render-key.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { ReadDependencies } from './read-dependencies.ts'

/** How one answer writes its entities: the same for all of them. */
export interface Style {
  readonly tenant: Tenant
  readonly view: View
  readonly table: TermTable
  readonly options: RenderOptions
  /** GeoJSON Features instead of entities. */
  readonly features: boolean
  /** Names all of the above in cache keys. */
  readonly key: string
}

/** Puts a style together. */
export function styleOf(parts: Omit<Style, 'key'>): Style {
  const { tenant, view, table, options, features } = parts
  return { ...parts, key: `${tenant}|${view.id}|${table.hash}|${renderKey(options)}|${features ? 'f' : 'e'}` }
}

/** Answers what is left of a stored entity now, for this caller; undefined when nothing is. */
export function visible(stored: StoredEntity, view: View, now: number): Entity | undefined {
  const alive = atTime(parseEntity(stored.text), now)
  return alive && see(alive, view)
}

/** Writes an entity that the caller sees; undefined when the projection leaves nothing. */
export function renderVisible(entity: Entity, { options, table, features }: Style): string | undefined {
  const rendered = features ? renderFeature(entity, options, table) : render(entity, options, table)
  return rendered && JSON.stringify(rendered)
}

/** Writes a stored entity through the fragment cache: once per version, view, context and options. */
export function renderStored(
  { fragments, clock }: Pick<ReadDependencies, 'fragments' | 'clock'>,
  stored: StoredEntity,
  style: Style,
): string | undefined {
  const now = clock()
  const key = `${style.key}|${stored.version}|${stored.id}`
  const kept = fragments.get(key)
  if (kept && (kept.validUntil === undefined || kept.validUntil > now)) return kept.text
  const entity = parseEntity(stored.text)
  const alive = atTime(entity, now)
  const seen = alive && see(alive, style.view)
  const text = seen && renderVisible(seen, style)
  const expiry = alive && validUntil(alive)
  fragments.set(key, { text, ...(expiry !== undefined && { validUntil: expiry }) })
  return text
}
