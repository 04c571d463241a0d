import { parentPort, workerData } from 'node:worker_threads'
import { readOntology } from '../../ontology/ontology.ts'
import { checkPolicies, type PolicyFile } from '../../security/policy/load-policies.ts'
import type { Hub } from '../../security/policy/rule.ts'
import { Problem } from '../core/model/problem.ts'
import { vocabularyOf } from './policies.ts'

/** What the thread is given. */
export interface PolicyWork {
  readonly root: string
  readonly files: readonly PolicyFile[]
  readonly hub: Hub
}

/** What it answers when it is asked for more: the areas and some rules as JSON text, then the end; or what is wrong. */
export type PolicyAnswer =
  | { readonly areas: string }
  | { readonly rules: string }
  | { readonly generation: string }
  | { readonly faults: string }
  | { readonly failed: string }

/** So many rules at once: who takes them has to stay free for others. */
const TOGETHER = 100

const { root, files, hub } = workerData as PolicyWork // whoever starts this thread gives it that
const answers = answersOf()
parentPort?.on('message', () => {
  const { value, done } = answers.next()
  if (done) parentPort?.close()
  else parentPort?.postMessage(value)
})

function* answersOf(): Generator<PolicyAnswer> {
  try {
    const basis = { vocabulary: vocabularyOf(readOntology(root)), hub }
    const { rules, areas, generation } = checkPolicies(files, basis)
    yield { areas: JSON.stringify([...areas]) }
    for (let at = 0; at < rules.length; at += TOGETHER)
      yield { rules: JSON.stringify(rules.slice(at, at + TOGETHER)) }
    yield { generation }
  } catch (error) {
    const faults = error instanceof Problem ? error.members.faults : undefined
    yield faults === undefined ? { failed: String(error) } : { faults: JSON.stringify(faults) }
  }
}
