import { hash } from 'node:crypto'
import type { Entity } from '../../broker/core/model/entity.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Claims } from './claims.ts'
import type { Rule } from './rule.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What a feed declares of the use of what it brings. */
export interface FeedUse {
  readonly feed: string
  /** IRI that its entities have as their `source`. */
  readonly source: string
  readonly purposes: ReadonlySet<string>
  /** Names of the types that it brings. */
  readonly types: readonly string[]
}

/** What feeds declare, in force. */
export interface FeedUses {
  /** Tells this state from others. */
  readonly generation: number
  of(tenant: Tenant): readonly FeedUse[]
}

/** Rules that deny to read what feeds brought for purposes that they do not name; none for parts of the hub itself. */
export function feedRules(
  uses: FeedUses,
  { issuer, purpose = '' }: Claims,
  { tenant, vocabulary }: { readonly tenant: Tenant; readonly vocabulary: Vocabulary },
): readonly Rule[] {
  if (issuer === 'local') return []
  const property = vocabulary.expandAttribute('source')
  return uses
    .of(tenant)
    .filter(({ purposes }) => !purposes.has(purpose))
    .map(({ feed, source, types }) => ({
      id: `feed:${feed}`,
      digest: hash('sha256', JSON.stringify([feed, source, types]), 'base64url').slice(0, 22),
      origin: { file: `feed ${feed}`, line: 1 },
      effect: 'deny',
      subjects: [{}],
      actions: new Set(['read'] as const),
      kinds: new Set(['entity'] as const),
      types: new Set(types.map((name) => vocabulary.expandType(name))),
      matchesContent: (entity) => isFrom(entity, property, source),
    }))
}

function isFrom({ attributes }: Entity, property: string, source: string): boolean {
  return (attributes[property] ?? []).some((instance) => 'value' in instance && instance.value === source)
}
