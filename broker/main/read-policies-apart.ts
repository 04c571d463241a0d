import { Worker } from 'node:worker_threads'
import { type CheckedRule, compileRule } from '../../security/policy/compile-rule.ts'
import { faultyPolicies, type PolicyFile } from '../../security/policy/load-policies.ts'
import type { Hub, PolicySet, Rule } from '../../security/policy/rule.ts'
import { indexOf } from '../../security/policy/rule-index.ts'
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
  const workerData: PolicyWork = { root, files, hub }
  const worker = new Worker(new URL('./policy-worker.js', import.meta.url), { workerData, name: 'policies' })
  const rules: Rule[] = []
  const reading = new Promise<PolicySet>((resolve, reject) => {
    worker.on('message', (answer: PolicyAnswer) => {
      if ('faults' in answer) return reject(faultyPolicies(JSON.parse(answer.faults)))
      if ('failed' in answer) return reject(new Error(answer.failed))
      if ('generation' in answer) return resolve({ generation: answer.generation, rules, vocabulary })
      const checked: readonly CheckedRule[] = JSON.parse(answer.rules) // the thread wrote it
      for (const rule of checked) rules.push(compileRule(rule, { vocabulary, hub }))
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
