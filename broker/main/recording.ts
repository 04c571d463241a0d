import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import { type Recording, type RecordingRule, recordingBy } from '../core/temporal/recording.ts'

/** What history keeps by configuration; nothing is written before it knows the names of its rules. */
export interface ConfiguredRecording {
  /** Absent: everything is kept. */
  readonly recording?: Recording
  /** Reads the names of the rules in the default @context. @throws Problem LdContextNotAvailable */
  know(contexts: Pick<ContextService, 'resolve'>): Promise<void>
}

/** Answers what history keeps by the rules of a configuration. */
export function configuredRecording({ history: { record } }: Pick<Config, 'history'>): ConfiguredRecording {
  if (record.length === 0) return { know: async () => undefined }
  let known: Recording = () => undefined
  return {
    recording: (types, attribute) => known(types, attribute),
    know: async (contexts) => {
      const table = await contexts.resolve(undefined)
      known = recordingBy(record.map((rule) => ruleOf(rule, table)))
    },
  }
}

function ruleOf(
  { types, attributes, keep, every = 1 }: Config['history']['record'][number],
  table: TermTable,
): RecordingRule {
  return {
    ...(types && { types: types.map((name) => table.expand(name)) }),
    ...(attributes && { attributes: attributes.map((name) => table.expand(name)) }),
    keeping: keep === 'sampled' ? { keep, every: every * 1_000_000 } : { keep },
  }
}
