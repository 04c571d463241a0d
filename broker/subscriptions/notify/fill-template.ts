import jsonata from 'jsonata'
import { LRUCache } from 'lru-cache'
import type { TemplateAnswer, TemplateCall } from './template-protocol.ts'

/** Bounds of one evaluation; a regular expression or a text that grows is bounded by the thread around it. */
const LIMITS: jsonata.JsonataOptions = { timeout: 100, stack: 200, sequence: 100_000 }
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

/** JSONata throws objects whose messages can hold values of the notification; codes and positions cannot. */
function codeOf(cause: unknown): string {
  const { code, position } = Object(cause) as { code?: unknown; position?: unknown } // whatever was thrown has no type
  const place = typeof position === 'number' ? ` at ${position}` : ''
  return `${typeof code === 'string' ? code : 'error'}${place}`
}

/** Answers what is wrong with the text of a template, with the place in it; undefined: nothing. */
export function templateFault(template: string): string | undefined {
  try {
    jsonata(template)
    return undefined
  } catch (cause) {
    return codeOf(cause)
  }
}
