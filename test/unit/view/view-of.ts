import type { Treatment, View } from '../../../broker/core/view/view.ts'
import { iri } from '../merge/build.ts'

/** Builds a view of everything that treats the attributes of these terms otherwise. */
export function viewOf(treatments: Readonly<Record<string, Treatment>> = {}, more: Partial<View> = {}): View {
  const byName = new Map(Object.entries(treatments).map(([term, treatment]) => [iri(term), treatment]))
  return {
    id: 'test',
    unrestricted: false,
    admits: () => true,
    admitsAll: () => true,
    treatment: (_types, attribute) => byName.get(attribute) ?? 'clear',
    veils: () => byName.size > 0,
    clearEverywhere: (attribute) => !byName.has(attribute),
    ...more,
  }
}
