import { IRI_TABLE } from '../../core/context/iri-table.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import { validUntil } from '../../core/merge/valid-until.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import {
  countTypes,
  type Datasets,
  type Disclosure,
  disclosureOf,
  sumOf,
} from '../../core/view/disclosure.ts'
import { type MarkedLink, placeLinks } from '../../core/view/links.ts'
import { render } from '../../core/view/render.ts'
import { renderFeature } from '../../core/view/render-feature.ts'
import { renderKey } from '../../core/view/render-key.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { Fragment, ReadDependencies, Rendering } from './read-dependencies.ts'
import { rewriteCanonical } from './rewrite-canonical.ts'

/** How one answer writes its entities: the same for all of them. */
export interface Style {
  readonly tenant: Tenant
  readonly view: View
  readonly table: TermTable
  readonly options: RenderOptions
  /** GeoJSON Features instead of entities. */
  readonly features: boolean
  /** Notes where linked entities can be joined in. */
  readonly linking?: boolean
  /** All that is stored is shown, in the normalized representation, and nothing is added. */
  readonly plain: boolean
  /** Names all of the above in cache keys. */
  readonly key: string
}

const PLAIN = renderKey({ format: 'normalized' })

/** Puts a style together. */
export function styleOf(parts: Omit<Style, 'key' | 'plain'>): Style {
  const { tenant, view, options, features, linking } = parts
  const table = options.expanded ? IRI_TABLE : parts.table
  const form = `${features ? 'f' : 'e'}${linking ? 'l' : ''}`
  const plain = view.unrestricted && !view.personal && !features && !linking && renderKey(options) === PLAIN
  const key = `${tenant}|${view.id}|${table.hash}|${renderKey(options)}|${form}`
  return { plain, key, ...parts, table }
}

/** What a caller sees of a stored entity now; seen undefined: nothing. */
export interface Sight {
  readonly seen: Entity | undefined
  /** When something inside expires and the caller may see something else. */
  readonly validUntil?: Micros
}

/** Answers what is left of a stored entity now, for this caller. */
export function look({ text }: StoredEntity, view: View, now: Micros): Sight {
  const entity = parseEntity(text)
  if (validUntil(entity) === undefined) return { seen: see(entity, view) }
  const alive = atTime(entity, now)
  if (!alive) return { seen: undefined }
  const expiry = validUntil(alive)
  return { seen: see(alive, view), ...(expiry !== undefined && { validUntil: expiry }) }
}

/** Writes an entity that the caller sees; without text when the projection leaves nothing. */
export function renderVisible(entity: Entity, style: Style): Rendering {
  const written = write(entity, style)
  const disclosed = written.text === undefined ? undefined : disclosureOf(entity, style.view, style.options)
  const rendering = disclosed ? { ...written, disclosed } : written
  if (style.options.version === undefined) return rendering
  const { version: _, ...options } = style.options
  const altered = write(entity, { ...style, options }).text !== rendering.text
  return { ...rendering, ...(altered && { altered }) }
}

function write(entity: Entity, { options, table, features, linking }: Style): Rendering {
  const marked: MarkedLink[] | undefined = linking ? [] : undefined
  const writing = { options, table, links: marked }
  const text = features ? renderFeature(entity, writing) : render(entity, writing)
  const { types } = entity
  return text !== undefined && marked ? { ...placeLinks(text, marked), types } : { text, types }
}

/** An entity of an answer, rendered. */
export interface Shown extends Rendering {
  readonly id: string
  /** When something inside expires and the text is no longer right. */
  readonly validUntil?: Micros
}

/** The entities of an answer as texts. */
export interface Texts {
  readonly texts: readonly string[]
  /** An earlier version of the standard was asked for and made a difference to some of them (4.3.6.8). */
  readonly altered?: true
  /** What is to be told of other hubs that linked entities come from. */
  readonly warnings?: readonly string[]
  /** What the texts show of persons; absent: nothing. */
  readonly disclosed?: Disclosure
  /** How many entities of each type they are. */
  readonly datasets?: Datasets
}

/** Answers what is to be told of other hubs, of those that were asked first and of those that linked entities come from. */
export function allWarnings(
  first: readonly string[],
  { warnings = [] }: Pick<Texts, 'warnings'>,
): readonly string[] {
  return [...new Set([...first, ...warnings])]
}

/** Answers the texts of rendered entities, of each that has one. */
export function textsOf(shown: readonly Rendering[]): Texts {
  const disclosed = sumOf(shown.map((each) => each.disclosed))
  const datasets = new Map<Iri, number>()
  for (const { text, types } of shown) if (text !== undefined && types) countTypes(datasets, types)
  return {
    ...(disclosed && { disclosed }),
    ...(datasets.size > 0 && { datasets }),
    texts: shown.flatMap(({ text }) => text ?? []),
    ...(shown.some(({ altered }) => altered) && { altered: true }),
  }
}

/** The earliest instant at which something that was looked at expires. */
export interface Freshness {
  earliest: Micros
}

/** Notes that something expires. */
export function expiring(until: Freshness | undefined, validUntil: Micros | undefined): void {
  if (until && validUntil !== undefined) until.earliest = Math.min(until.earliest, validUntil)
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
  const plain = style.plain ? rewriteCanonical(stored.text, style.table) : undefined
  const fragment =
    plain ?? renderSeen(sight && isFresh(sight, now) ? sight : look(stored, style.view, now), style)
  fragments.set(key, fragment)
  return fragment
}

function renderSeen({ seen, validUntil }: Sight, style: Style): Fragment {
  return {
    ...(seen ? renderVisible(seen, style) : { text: undefined }),
    ...(validUntil !== undefined && { validUntil }),
  }
}
