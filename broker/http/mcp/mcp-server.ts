import type { Server } from '@modelcontextprotocol/server'
import type { JsonObject } from '../../core/model/json.ts'
import { callTool } from './call-tool.ts'
import type { ToolContext } from './tool.ts'
import { TOOLS } from './tools.ts'

/** A document that clients can read (MCP, `Resource`). */
export interface McpResource {
  readonly uri: string
  readonly name: string
  readonly title: string
  readonly mimeType: string
  readonly text: string
}

/** What clients are told of the hub. */
export interface McpDescription {
  readonly name: string
  readonly title: string
  readonly version: string
  readonly resources: () => readonly McpResource[]
}

type Library = Pick<
  typeof import('@modelcontextprotocol/server'),
  'Server' | 'ProtocolError' | 'ProtocolErrorCode'
>

const INSTRUCTIONS = [
  'Data of a city or province as NGSI-LD entities: air, water, traffic, parking, lighting, permits, reports of citizens and more.',
  'Call discover_types, then describe_type for the names and units of attributes, then query, count, history or aggregate.',
  'You see what your token may see; personal data may be masked. Times are UTC, days of the domain are those of Vietnam (UTC+7).',
  'Names of attributes and types are English, most texts in values Vietnamese.',
].join(' ')

const DAY = 86_400_000

/** Makes the server of one request: its tools ask the API in the name of whoever sent it. */
export function mcpServer(
  { Server, ProtocolError, ProtocolErrorCode }: Library,
  { name, title, version, resources }: McpDescription,
  context: ToolContext,
): Server {
  const server = new Server(
    { name, title, version },
    {
      capabilities: { tools: {}, resources: {} },
      instructions: INSTRUCTIONS,
      cacheHints: {
        'tools/list': { ttlMs: DAY, cacheScope: 'public' },
        'resources/list': { ttlMs: DAY, cacheScope: 'public' },
      },
    },
  )
  server.setRequestHandler('tools/list', () => ({ tools: TOOLS.map(({ description }) => description) }))
  server.setRequestHandler('tools/call', ({ params }) => {
    const tool = TOOLS.find(({ description }) => description.name === params.name)
    if (!tool)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name} is not known here`)
    return callTool(tool, (params.arguments ?? {}) as JsonObject, context) // parsed JSON
  })
  server.setRequestHandler('resources/list', () => ({
    resources: resources().map(({ text: _, ...resource }) => resource),
  }))
  server.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const resource = resources().find((one) => one.uri === uri)
    if (!resource) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource is not known here')
    return { contents: [{ uri, mimeType: resource.mimeType, text: resource.text }] }
  })
  return server
}
