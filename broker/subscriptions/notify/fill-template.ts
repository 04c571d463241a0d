import jsonata from 'jsonata'
import { LRUCache } from 'lru-cache'
import { codeOf } from './template-fault.ts'
import type { TemplateAnswer, TemplateCall } from './template-protocol.ts'

/** Bounds of one evaluation; a regular expression or a text that grows is bounded by the process around it. */
const LIMITS: jsonata.JsonataOptions = { timeout: 500, stack: 200, sequence: 100_000 }
/** Characters that a message can have. */
const MAX_LENGTH = 1024 * 1024

const compiled = new LRUCache<string, jsonata.Expression>({ max: 200 })

/** Evaluates a JSONata template over a notification; never throws. */
export async function fillTemplate({ template, notification }: TemplateCall): Promise<TemplateAnswer> {
  try {
    const expression = compiled.get(template) ?? jsonata(template, LIMITS)
    compiled.set(template, expression)
    const answer: unknown = await expression.evaluate(JSON.parse(notification))
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    if (text === undefined) return { nothing: true }
    if (text.length > MAX_LENGTH) return { failure: `makes more than ${MAX_LENGTH} characters` }
    return { text, isJson: typeof answer !== 'string' }
  } catch (cause) {
    return { failure: `fails: ${codeOf(cause)}` }
  }
}
