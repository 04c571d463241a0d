import type { EntityFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { KnownTypes } from '../../federation/distribute/distribution.ts'
import { failedPart, type PartOutcome } from '../../federation/distribute/part-outcome.ts'
import type { AttributeSet, SourceShare } from '../../federation/registry/share-out.ts'
import type { Command } from '../command.ts'
import type { Intent } from '../guard.ts'

/** What this hub knows of an entity that another one holds. */
export interface KnownEntity extends KnownTypes {
  /** Absent: nobody here knows them. */
  readonly scopes?: readonly string[]
}

/** A part of a write, for the right to it. */
export interface Elsewhere {
  readonly share: SourceShare
  readonly known: KnownEntity
  /** What the content says of the entity itself. */
  readonly members: Pick<EntityFragment, 'types' | 'scopes' | 'expiresAt'>
}

/**
 * Refuses a part of a write that the caller may not have done at another hub through this one. What another hub holds
 * cannot be looked at before it changes, so the right has to hold whatever it is: for the types that are known here, else
 * those that the request or the registration names, to which the source is then kept by the `type` parameter. What the
 * caller would not see in clear here it does not overwrite there; and an entity as a whole is deleted or replaced there
 * only by whom everything is clear to, unless every attribute that goes is named. @throws Problem
 */
export function checkElsewhere(
  command: Command,
  intent: Pick<Intent, 'action' | 'attributes'> & Partial<Pick<Intent, 'id'>>,
  part: Elsewhere,
): void {
  const { caller, tenant } = command
  const { share, known } = part
  const { action, id } = intent
  const attributes = intent.attributes ? share.attributes : 'everything'
  for (const types of typesOf(part)) {
    const target = {
      resource: 'entity',
      ...(id !== undefined && { id }),
      final: true,
      ...(types && { types }),
      ...(known.scopes && { scopes: known.scopes }),
    } as const
    caller.check(action, tenant, { ...target, ...(attributes !== 'everything' && { attributes }) })
    if (action === 'create') continue
    if (setsMembers(part)) caller.check(action, tenant, { ...target, attributes: [] })
    caller.check('read', tenant, target)
    refuseVeiled(command, types, attributes)
  }
}

/** Answers the outcome of a part that the caller may not have done; undefined: it may, or the source is not asked. @throws what is no Problem */
export function refusedElsewhere(command: Command, intent: Intent, part: Elsewhere): PartOutcome | undefined {
  if (part.share.refusal) return undefined
  try {
    checkElsewhere(command, intent, part)
    return undefined
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...failedPart(part.share, error), unasked: true }
  }
}

/** Each entry: types that the entity has together, or is to have; undefined: whatever types it has. */
function typesOf({ share, known, members }: Elsewhere): readonly (readonly Iri[] | undefined)[] {
  const { types, selection } = known
  const added = members.types ?? []
  if (types) return [[...new Set([...types, ...added])]]
  return typesIn(selection ?? share.types)?.map((type) => [type, ...added]) ?? [undefined]
}

/** A right on attributes is none on what they are part of. */
function setsMembers({ share, known, members }: Elsewhere): boolean {
  const { types = [], scopes, expiresAt } = members
  const adds = types.some((type) => !known.types?.includes(type))
  return share.whole && (adds || scopes !== undefined || expiresAt !== undefined)
}

function refuseVeiled(
  { caller, tenant }: Command,
  types: readonly Iri[] | undefined,
  attributes: AttributeSet,
): void {
  const view = caller.view(tenant)
  if (view.unrestricted) return
  const isClear = (name: Iri): boolean =>
    types ? view.treatment(types, name) === 'clear' : view.clearEverywhere(name)
  if (attributes !== 'everything' && attributes.every(isClear)) return
  throw new Problem(
    'Forbidden',
    'Caller may not write at other hubs what it would not see in clear here, or what nobody here knows',
  )
}
