import { Worker } from 'node:worker_threads'
import { type CheckedRule, compileRule, type RuleBasis } from '../../security/policy/compile-rule.ts'
import { faultyPolicies, type PolicyFile } from '../../security/policy/load-policies.ts'
import type { Hub, PolicySet, Rule } from '../../security/policy/rule.ts'
import { indexOf } from '../../security/policy/rule-index.ts'
import type { Areas } from '../../security/policy/rule-where.ts'
import type { Vocabulary } from '../../security/policy/vocabulary.ts'
import type { PolicyAnswer, PolicyWork } from './policy-worker.ts'

/** What policy files are read with. */
export interface PolicyReading {
  readonly root: string
  readonly hub: Hub
  readonly vocabulary: Vocabulary
}

/**
 * Reads policy files without keeping anybody waiting: a thread parses and checks them, and hands over some rules at a time.
 * @throws Problem BadRequestData with what is wrong with them as member `faults`
 */
export function readPoliciesApart(
  files: readonly PolicyFile[],
  { root, hub, vocabulary }: PolicyReading,
): Promise<PolicySet> {
  const { engine: _, ...plain } = hub
  const workerData: PolicyWork = { root, files, hub: plain }
  const worker = new Worker(new URL('./policy-worker.js', import.meta.url), { workerData, name: 'policies' })
  const rules: Rule[] = []
  let areas: Areas = new Map()
  const reading = new Promise<PolicySet>((resolve, reject) => {
    worker.on('message', (answer: PolicyAnswer) => {
      if ('faults' in answer) return reject(faultyPolicies(JSON.parse(answer.faults)))
      if ('failed' in answer) return reject(new Error(answer.failed))
      if ('generation' in answer) return resolve({ generation: answer.generation, rules, vocabulary })
      if ('areas' in answer)
        areas = new Map(JSON.parse(answer.areas)) // the thread wrote it
      else rules.push(...compiled(answer.rules, { vocabulary, hub, areas }))
      worker.postMessage('more')
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('Thread that reads policies ended')))
  })
  worker.postMessage('more')
  return reading
    .then((set) => {
      indexOf(set.rules)
      return set
    })
    .finally(() => void worker.terminate())
}

function compiled(text: string, basis: RuleBasis): readonly Rule[] {
  const checked: readonly CheckedRule[] = JSON.parse(text) // the thread wrote it
  return checked.map((rule) => compileRule(rule, basis))
}
