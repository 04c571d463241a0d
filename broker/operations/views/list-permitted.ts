import { createHash } from 'node:crypto'
import type { Action, Caller, Target } from '../../core/model/caller.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { View } from '../../core/view/view.ts'
import type { Command } from '../command.ts'
import { may } from '../may.ts'

/**
 * How an attribute is shown: as it is, masked or as policies say of each entity, without what a scan finds in it, of many
 * entities together only; or never, but it may be written.
 */
export type Shown = 'clear' | 'masked' | 'scanned' | 'together' | 'written'

/** What a caller may do and see. */
export interface Permitted {
  /** Equal ones permit the same. */
  readonly id: string
  /** Those of the rights that were asked about which it has on something. */
  readonly rights: ReadonlySet<string>
  /** Short names of types, and of their attributes with how they are shown; what is not there is never seen. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, Shown>>
}

/** A type of the ontology. */
export interface PermittedType {
  readonly name: string
  readonly iri: Iri
  readonly attributes: readonly { readonly name: string; readonly iri: Iri }[]
}

export interface PermittedDependencies {
  /** Rights as the OpenAPI document names them: `read entity`. */
  readonly rights: () => Iterable<string>
  readonly types: () => readonly PermittedType[]
}

/** Lists what the policies in force let the caller do and see. No data are looked at, so that it tells nothing of them. */
export function listPermitted({
  rights,
  types,
}: PermittedDependencies): (command: Pick<Command, 'caller' | 'tenant'>) => Permitted {
  const known = new WeakMap<
    Caller,
    { readonly view: View; readonly tenant: Tenant; readonly permitted: Permitted }
  >()
  return ({ caller, tenant }) => {
    const view = caller.view(tenant)
    const before = known.get(caller)
    // other rules in force make another view
    if (before?.view === view && before.tenant === tenant) return before.permitted
    const seen = new Map(types().flatMap((type) => shownOf(type, { caller, tenant, view })))
    const had = [...rights()].filter((right) => has(caller, tenant, right))
    const permitted = { id: idOf(had, seen), rights: new Set(had), types: seen }
    known.set(caller, { view, tenant, permitted })
    return permitted
  }
}

interface Seeing {
  readonly caller: Caller
  readonly tenant: Tenant
  readonly view: View
}

function has(caller: Caller, tenant: Tenant, right: string): boolean {
  const [action, resource] = right.split(' ') as [Action, Target['resource']] // a test compares them with those that there are
  return may(caller, action, tenant, { resource })
}

function shownOf(
  { name, iri, attributes }: PermittedType,
  seeing: Seeing,
): readonly (readonly [string, ReadonlyMap<string, Shown>])[] {
  const { caller, tenant, view } = seeing
  const target: Target = { resource: 'entity', types: [iri] }
  const readable = may(caller, 'read', tenant, target)
  const single = readable && view.types?.has(iri) !== false
  const groups = readable
    ? [...(view.crowds ?? []), ...(view.releases ?? [])].filter(({ types }) => types?.has(iri) !== false)
    : []
  const writable = may(caller, 'create', tenant, target)
  if (!single && groups.length === 0 && !writable) return []
  const told = (attribute: Iri): boolean =>
    groups.some(
      (group) =>
        group.by.has(attribute) ||
        ('history' in group && group.history?.of.has(attribute)) ||
        ('open' in group && group.open(attribute, [iri])),
    )
  const how = (attribute: Iri): Shown | undefined => {
    const seen = single ? treatmentOf(view, iri, attribute) : undefined
    if (seen) return seen
    if (told(attribute)) return 'together'
    return writable && may(caller, 'create', tenant, { ...target, attributes: [attribute] })
      ? 'written'
      : undefined
  }
  const shown = attributes.flatMap((attribute) => {
    const found = how(attribute.iri)
    return found ? [[attribute.name, found] as const] : []
  })
  return [[name, new Map(shown)]]
}

function treatmentOf(view: View, type: Iri, attribute: Iri): Shown | undefined {
  const treatment = view.treatment([type], attribute)
  if (treatment === 'absent') return undefined
  if (treatment !== 'clear') return 'masked'
  return view.scans?.(attribute, [type]) ? 'scanned' : 'clear'
}

function idOf(rights: readonly string[], types: Permitted['types']): string {
  const content = [rights, [...types].map(([name, attributes]) => [name, ...attributes])]
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)
}
