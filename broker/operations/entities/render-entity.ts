import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import { validUntil } from '../../core/merge/valid-until.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { render } from '../../core/view/render.ts'
import { renderFeature } from '../../core/view/render-feature.ts'
import { renderKey } from '../../core/view/render-key.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { Fragment, ReadDependencies } from './read-dependencies.ts'

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

/** What a caller sees of a stored entity now; seen undefined: nothing. */
export interface Sight {
  readonly seen: Entity | undefined
  /** When something inside expires and the caller may see something else. */
  readonly validUntil?: Micros
}

/** Answers what is left of a stored entity now, for this caller. */
export function look({ text }: StoredEntity, view: View, now: Micros): Sight {
  const alive = atTime(parseEntity(text), now)
  if (!alive) return { seen: undefined }
  const expiry = validUntil(alive)
  return { seen: see(alive, view), ...(expiry !== undefined && { validUntil: expiry }) }
}

/** Writes an entity that the caller sees; undefined when the projection leaves nothing. */
export function renderVisible(entity: Entity, { options, table, features }: Style): string | undefined {
  const rendered = features ? renderFeature(entity, options, table) : render(entity, options, table)
  return rendered && JSON.stringify(rendered)
}

/** Tells whether an earlier version of the standard, when it was asked for, made the text another one (4.3.6.8). */
export function isAltered(entity: Entity, text: string | undefined, style: Style): boolean {
  if (style.options.version === undefined) return false
  const { version: _, ...options } = style.options
  return renderVisible(entity, { ...style, options }) !== text
}

/** Tells whether something rendered earlier may still be shown. */
export function isFresh({ validUntil }: { readonly validUntil?: Micros }, now: Micros): boolean {
  return validUntil === undefined || validUntil > now
}

/**
 * Writes a stored entity through the fragment cache: once per version, view, context and options. Whoever has looked
 * at it already, with the same view, says what there was to see.
 */
export function renderStored(
  { fragments, clock }: Pick<ReadDependencies, 'fragments' | 'clock'>,
  stored: StoredEntity,
  style: Style,
  sight?: Sight,
): Fragment {
  const now = clock()
  const key = `${style.key}|${stored.version}|${stored.id}`
  const kept = fragments.get(key)
  if (kept && isFresh(kept, now)) return kept
  const { seen, validUntil } = sight && isFresh(sight, now) ? sight : look(stored, style.view, now)
  const text = seen && renderVisible(seen, style)
  const fragment: Fragment = {
    ...(seen && { types: seen.types }),
    text,
    ...(seen && isAltered(seen, text, style) && { altered: true }),
    ...(validUntil !== undefined && { validUntil }),
  }
  fragments.set(key, fragment)
  return fragment
}
