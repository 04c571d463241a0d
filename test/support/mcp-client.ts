import { Client, type OAuthClientProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect } from 'chai'

/** A client of the Model Context Protocol that is connected, and short ways to call tools. */
export interface McpClient {
  readonly client: Client
  /** Calls a tool that has to succeed; answers its data. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  call(name: string, given?: Record<string, unknown>): Promise<any>
  /** Calls a tool that has to refuse; answers why. */
  refused(name: string, given?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

/** How a client connects. */
export interface McpConnection {
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly authProvider?: OAuthClientProvider
  /** Revisions before 2026 open with a handshake; default: the newest that the hub speaks. */
  readonly legacy?: true
}

/** Connects a client to `/mcp` of a hub. @throws Error for a hub that lets it not in */
export async function connectMcp(
  url: string,
  { headers = {}, authProvider, legacy }: McpConnection = {},
): Promise<McpClient> {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { versionNegotiation: { mode: legacy ? 'legacy' : 'auto' } },
  )
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', url), {
      requestInit: { headers },
      ...(authProvider && { authProvider }),
    }),
  )
  // output schemas are checked by the client for tools that it knows
  await client.listTools()
  return {
    client,
    call: async (name, given = {}) => {
      const result = await client.callTool({ name, arguments: given })
      const [text] = result.content
      expect(result.isError, JSON.stringify(result.content)).to.not.equal(true)
      expect(text?.type === 'text' && JSON.parse(text.text)).to.deep.equal(result.structuredContent)
      return result.structuredContent
    },
    refused: async (name, given = {}) => {
      const result = await client.callTool({ name, arguments: given })
      expect(result.isError, JSON.stringify(result.content)).to.equal(true)
      expect(result).to.not.have.property('structuredContent')
      const [text] = result.content
      return text?.type === 'text' ? text.text : ''
    },
    close: () => client.close(),
  }
}
