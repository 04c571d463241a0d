import { atTime } from '../../core/merge/at-time.ts'
import type { Iri } from '../../core/model/iri.ts'
import { fillLinks, type Link } from '../../core/view/links.ts'
import { see } from '../../core/view/see.ts'
import { combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { LinkedCopies, LinkedElsewhere } from './linked-elsewhere.ts'
import { pageBudget } from './page-budget.ts'
import type { Fragment, ReadDependencies } from './read-dependencies.ts'
import {
  expiring,
  type Freshness,
  renderStored,
  renderVisible,
  type Shown,
  type Style,
  styleOf,
  type Texts,
  textsOf,
} from './render-entity.ts'
import { tooManyJoined } from './too-many-joined.ts'

/** How linked entities come along (CIM 009 v1.9.1, 4.5.23). */
export interface Join {
  readonly mode: 'inline' | 'flat'
  /** So many relationships deep. */
  readonly level: number
  /** Ids that the asker has met already: they are not joined. */
  readonly containedBy: readonly string[]
}

/** What an answer joins to its entities, and how it writes them. */
export interface Joining {
  readonly join: Join
  readonly style: Style
  /** Told when something that was joined expires, or may change without this hub noticing. */
  readonly until?: Freshness
  /** Finds linked entities in other hubs too; absent: of this hub alone. */
  readonly elsewhere?: LinkedElsewhere
}

/** An entity of the answer with what is linked to it. */
interface Node {
  readonly shown: Shown
  readonly style: Style
  /** The entity that links to this one. */
  readonly parent?: Node
  readonly children: Map<string, Node>
}

/** A relationship that leads from an entity of the answer to one that may be joined. */
interface Step {
  readonly from: Node
  readonly link: Link
  readonly target: string
}

/** So many linked entities at most are held at once before they are written. */
const TOGETHER = 200

/** What joining works with. */
export type JoinDependencies = Pick<
  ReadDependencies,
  'store' | 'clock' | 'fragments' | 'maxJoined' | 'maxPageBytes'
>

/**
 * Joins to the entities of an answer what they link to in this hub's own store, and in other hubs what is of a type that they
 * say, as the caller sees it; what is not there or not for the caller is passed over. Flat: each entity once, after the linking ones, level by level. Inline: inside
 * the relationship, unless it is met again on the way to it. @throws Problem TooComplexQuery, TooManyResults
 */
export async function joinEntities(
  dependencies: JoinDependencies,
  entities: readonly Shown[],
  { join, style, until, elsewhere }: Joining,
): Promise<Texts> {
  const roots = entities.map((shown): Node => ({ shown, style, children: new Map() }))
  const isMet = join.mode === 'flat' ? metAnywhere(join, roots) : metOnTheWay(join)
  const styles = linkedStyles(join)
  const weigh = pageBudget(dependencies.maxPageBytes)
  entities.forEach(weigh)
  const warnings = new Set<string>()
  const nodes = [...roots]
  let left = dependencies.maxJoined
  let frontier: readonly Node[] = roots
  for (let level = 1; level <= join.level && frontier.length > 0; level++) {
    const steps = stepsFrom(frontier, isMet)
    const first = nodes.length
    for (let from = 0; from < steps.length; from += TOGETHER) {
      const part = steps.slice(from, from + TOGETHER)
      const [found, remote] = await Promise.all([readTargets(dependencies, style, part), askElsewhere(part)])
      nodes.push(...part.flatMap((step) => follow(step, level, { stored: found.get(step.target), remote })))
    }
    frontier = nodes.slice(first)
  }
  const { texts, ...answer } = textsOf(nodes.map(({ shown }) => shown))
  return {
    ...answer,
    texts: join.mode === 'flat' ? texts : roots.flatMap((root) => inlined(root) ?? []),
    ...(warnings.size > 0 && { warnings: [...warnings] }),
  }

  /** Every step may join one: more than that are not even listed. */
  function stepsFrom(level: readonly Node[], met: IsMet): readonly Step[] {
    const steps: Step[] = []
    for (const { from, link, target } of linksOf(level)) {
      if (met(from, target)) continue
      if (left-- <= 0) throw tooManyJoined(dependencies.maxJoined)
      steps.push({ from, link, target })
    }
    return steps
  }

  /** What comes from other hubs is this caller's, and nobody tells when it changes. */
  async function askElsewhere(steps: readonly Step[]): Promise<LinkedCopies | undefined> {
    const typed = steps.filter(({ link }) => link.types)
    if (!elsewhere || typed.length === 0) return undefined
    const remote = await elsewhere(new Map(typed.map(({ link, target }) => [target, link.types ?? []])))
    if (!remote.alone) expiring(until, Number.NEGATIVE_INFINITY)
    for (const text of remote.warnings) warnings.add(text)
    return remote
  }

  function follow({ from, link, target }: Step, level: number, found: Found): Node[] {
    const linkedStyle = styles(from.style, link.attribute, level)
    const fragment = renderFound(dependencies, target, linkedStyle, found)
    expiring(until, fragment?.validUntil)
    if (fragment?.text === undefined) return []
    weigh(fragment)
    const shown = { id: target, ...fragment }
    const node = { shown, style: linkedStyle, parent: from, children: new Map() }
    from.children.set(childKey(link, target), node)
    return [node]
  }
}

/** What there is of a linked entity, here and elsewhere. */
interface Found {
  readonly stored: StoredEntity | undefined
  readonly remote: LinkedCopies | undefined
}

function renderFound(
  dependencies: JoinDependencies,
  id: string,
  style: Style,
  { stored, remote }: Found,
): Fragment | undefined {
  const copies = remote?.byId.get(id) ?? []
  if (copies.length === 0 && !remote?.own) return stored && renderStored(dependencies, stored, style)
  const own = stored && atTime(parseEntity(stored.text), dependencies.clock())
  const all = copiesOf(own, { copies, ...(remote?.own && { own: remote.own }) })
  const seen = all.length === 0 ? undefined : see(combineCopies(all), style.view)
  return seen && renderVisible(seen, style)
}

function* linksOf(nodes: readonly Node[]): Generator<Step> {
  for (const from of nodes) {
    for (const link of from.shown.links ?? []) {
      for (const target of link.targets) yield { from, link, target }
    }
  }
}

/** Tells whether the target of a relationship of an entity is not to be joined again. */
type IsMet = (from: Node, target: string) => boolean

/** Flat: every entity is in the answer once, and whoever asks is told of none that it knows. */
function metAnywhere({ containedBy }: Join, roots: readonly Node[]): IsMet {
  const met = new Set([...containedBy, ...roots.map(({ shown }) => shown.id)])
  return (_, target) => met.size === met.add(target).size
}

/** Inline: an entity stands wherever something points to it, but never inside itself. */
function metOnTheWay({ containedBy }: Join): IsMet {
  const known = new Set(containedBy)
  return (from, target) => {
    if (known.has(target)) return true
    for (let node: Node | undefined = from; node; node = node.parent) {
      if (node.shown.id === target) return true
    }
    return false
  }
}

async function readTargets(
  { store }: JoinDependencies,
  { tenant }: Style,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, StoredEntity>> {
  const stored = await store.readMany(tenant, [...new Set(steps.map(({ target }) => target))])
  return new Map(stored.map((entity) => [entity.id, entity]))
}

function inlined({ shown: { text, links = [] }, children }: Node): string | undefined {
  if (text === undefined) return undefined
  return fillLinks({ text, links }, (link, target) => {
    const child = children.get(childKey(link, target))
    return child && inlined(child)
  })
}

function childKey({ attribute }: Link, target: string): string {
  return `${attribute} ${target}`
}

/** Linked entities are written like the linking ones; what `pick` and `omit` nest under the attribute is theirs (4.21). */
function linkedStyles({ mode, level: last }: Join): (style: Style, attribute: Iri, level: number) => Style {
  const known = new Map<string, Style>()
  return (style, attribute, level) => {
    const { pick, omit, needsAttribute: _, ...options } = style.options
    const key = `${level}|${pick || omit ? attribute : ''}|${style.key}`
    const before = known.get(key)
    if (before) return before
    const picked = pick?.attributes.get(attribute)
    const omitted = omit?.attributes.get(attribute)
    const made = styleOf({
      tenant: style.tenant,
      view: style.view,
      table: style.table,
      options: { ...options, ...(picked && { pick: picked }), ...(omitted && { omit: omitted }) },
      features: style.features && mode === 'flat',
      ...(level < last && { linking: true }),
    })
    known.set(key, made)
    return made
  }
}
