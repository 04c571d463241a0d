import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnswerDependencies, answerExchange } from './answer-exchange.ts'
import type { AnswerAudit } from './disclosures.ts'
import { type McpDependencies, mcpEndpoint } from './mcp/mcp-endpoint.ts'
import { noteRefusals } from './note-refusals.ts'
import { type Page, pagesApplication } from './page.ts'
import type { RememberedAnswers } from './remembered-answers.ts'
import { type ApiDependencies, serveApi } from './serve-api.ts'
import { type Upgrade, type WebSocketDependencies, webSockets } from './web-sockets.ts'

export interface AppDependencies
  extends ApiDependencies,
    AnswerDependencies,
    Pick<WebSocketDependencies, 'url' | 'heartbeatMilliseconds' | 'failed'>,
    Pick<McpDependencies, 'mcp'> {
  readonly audit?: AnswerAudit
  readonly pages: readonly Page[]
  readonly remembered: RememberedAnswers
}

/** What a server does with its requests. */
export interface App {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
  readonly upgrade: Upgrade
}

/** Paths of the API and of its document; everything else is a page. */
const API = /^(?:https?:\/\/[^/?#]*)?\/(?:ngsi-ld|hub\/v1|openapi\.json)(?:[/?#]|$)/i

/** Where the Model Context Protocol is spoken. */
const MCP = /^(?:https?:\/\/[^/?#]*)?\/mcp\/?(?:[?#]|$)/

/**
 * Builds what answers requests: what is remembered and still right at once, the API by its route tables, pages through
 * Koa. Whatever makes an answer, one place sends it.
 */
export function createApp(dependencies: AppDependencies): App {
  const { remembered, pages } = dependencies
  const answer = answerExchange(dependencies)
  const api = serveApi(dependencies)
  const showPage = pagesApplication(pages, ({ req, res }, make) => answer(req, res, make))
  const tools = mcpEndpoint({ ...dependencies, answer: api.answer, note: noteRefusals(dependencies) })
  const answerAnew = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response, api.answer)
  return {
    answer: (request, response) => {
      if (remembered.send(request, response, answerAnew)) return
      if (API.test(request.url ?? '')) answerAnew(request, response)
      else if (MCP.test(request.url ?? '')) void answer(request, response, tools)
      else void showPage(request, response)
    },
    upgrade: webSockets({ ...dependencies, answer, decide: api.decide }),
  }
}
