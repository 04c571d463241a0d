import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { problemDocument } from '../encode/problem-document.ts'
import { LARGEST_RESULT, type Tool, type ToolContext } from './tool.ts'

/** What a call answers (MCP, `CallToolResult`). */
export interface ToolResult {
  readonly [member: string]: unknown
  readonly content: [{ readonly type: 'text'; readonly text: string }]
  readonly structuredContent?: Record<string, unknown>
  readonly isError?: true
}

/** Carries a call out: what it finds as text and as data, or why it is refused, for whoever called to do better. @throws what is our fault */
export async function callTool(tool: Tool, given: JsonObject, context: ToolContext): Promise<ToolResult> {
  try {
    const result = await tool.run(given, context)
    const text = JSON.stringify(result)
    if (text.length > LARGEST_RESULT) throw tooLarge(text.length, given)
    return { content: [{ type: 'text', text }], structuredContent: result }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { title, detail } = problemDocument(error)
    return { content: [{ type: 'text', text: `${title}: ${detail}` }], isError: true }
  }
}

/** Says how to ask for less. */
function tooLarge(length: number, { limit }: JsonObject): Problem {
  const fewer = typeof limit === 'number' ? Math.floor((limit * LARGEST_RESULT) / length) : 0
  const hint = fewer > 0 ? `limit ${fewer}, ` : 'a smaller limit, '
  return new Problem(
    'TooManyResults',
    `Result has ${length} characters, above ${LARGEST_RESULT}: ask for less, with ${hint}fewer attributes, a narrower filter or a shorter time`,
  )
}
