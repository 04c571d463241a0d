import type { Config } from '../config.ts'
import { lifetimeDays } from '../config-retention.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { Micros } from '../core/model/time.ts'
import type { RetentionRule } from '../core/temporal/retention.ts'

/** How long history keeps things by configuration; nothing is removed before it knows the names of its rules. */
export interface ConfiguredRetention {
  /** Rules as they are known by now; none: everything is kept for ever. */
  readonly rules: () => readonly RetentionRule[]
  /** Reads the names of the rules in the default @context. @throws Problem LdContextNotAvailable */
  know(contexts: Pick<ContextService, 'resolve'>): Promise<void>
}

const DAY: Micros = 86_400_000_000

/** Answers how long history keeps things by the rules of a configuration. */
export function configuredRetention({ history: { retain } }: Pick<Config, 'history'>): ConfiguredRetention {
  let known: readonly RetentionRule[] = []
  return {
    rules: () => known,
    know: async (contexts) => {
      if (retain.length === 0) return
      const table = await contexts.resolve(undefined)
      known = retain.map((rule) => ruleOf(rule, table))
    },
  }
}

function ruleOf(
  { types, attributes, ...lifetimes }: Config['history']['retain'][number],
  table: TermTable,
): RetentionRule {
  const lengths = Object.entries(lifetimes).map(([level, text]) => [level, lifetimeDays(text) * DAY] as const)
  return {
    ...(types && { types: types.map((name) => table.expand(name)) }),
    ...(attributes && { attributes: attributes.map((name) => table.expand(name)) }),
    ...Object.fromEntries(lengths),
  }
}
