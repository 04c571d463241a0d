import type { Ontology } from '../../ontology/ontology.ts'
import type { Config } from '../config.ts'
import { lifetimeDays } from '../config-retention.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import { DAY } from '../core/model/time.ts'
import type { RetentionRule } from '../core/temporal/retention.ts'

/** How long history keeps things by configuration; nothing is removed before it knows the names of its rules. */
export interface ConfiguredRetention {
  /** Rules as they are known by now; none: everything is kept for ever. */
  readonly rules: () => readonly RetentionRule[]
  /** Reads the names of the rules in the default @context. @throws Problem LdContextNotAvailable, Error for unknown retention classes */
  know(contexts: Pick<ContextService, 'resolve'>, ontology: Pick<Ontology, 'vocabulary'>): Promise<void>
}

/** Answers how long history keeps things by the rules of a configuration. */
export function configuredRetention({ history: { retain } }: Pick<Config, 'history'>): ConfiguredRetention {
  let known: readonly RetentionRule[] = []
  return {
    rules: () => known,
    know: async (contexts, ontology) => {
      if (retain.length === 0) return
      const table = await contexts.resolve(undefined)
      if (retain.some(({ retention }) => retention)) checkClasses('history.retain', retain, ontology)
      known = retain.flatMap((rule) => rulesOf(rule, table, ontology))
    },
  }
}

/** Refuses retention classes that the ontology does not have. @throws Error */
export function checkClasses(
  setting: string,
  rules: readonly { readonly retention?: readonly string[] }[],
  { vocabulary }: Pick<Ontology, 'vocabulary'>,
): void {
  for (const [at, { retention = [] }] of rules.entries()) {
    const unknown = retention.find((name) => !Object.hasOwn(vocabulary.retentionClasses, name))
    if (unknown !== undefined)
      throw new Error(
        `Setting ${setting}.${at} names retention class ${unknown}, which the ontology does not have`,
      )
  }
}

/** A rule by retention classes becomes one for each type: which of its attributes are of these classes differs. */
function rulesOf(
  { types: ofTypes, attributes: ofAttributes, retention, ...lifetimes }: Config['history']['retain'][number],
  table: TermTable,
  ontology: Pick<Ontology, 'vocabulary'>,
): readonly RetentionRule[] {
  const lengths = Object.fromEntries(
    Object.entries(lifetimes).map(([level, text]) => [level, lifetimeDays(text) * DAY]),
  )
  const types = ofTypes?.map((name) => table.expand(name))
  const attributes = ofAttributes?.map((name) => table.expand(name))
  if (!retention) return [{ ...(types && { types }), ...(attributes && { attributes }), ...lengths }]
  return ontology.vocabulary.types
    .filter(({ iri }) => types?.includes(iri) ?? true)
    .map((type) => ({
      types: [type.iri],
      attributes: type.attributes
        .filter((use) => retention.includes(use.retention) && (attributes?.includes(use.iri) ?? true))
        .map(({ iri }) => iri),
      ...lengths,
    }))
    .filter((rule) => rule.attributes.length > 0)
}
