import { Agent, createServer, get } from 'node:http'
import { argv } from 'node:process'

/**
 * The bare figure of a federated query: a node:http server that asks the same sources the same over connections that
 * are kept, parses what they answer, merges it by id and answers it. One log line a request. Arguments: their URLs.
 */
const urls = argv.slice(2)
const agent = new Agent({ keepAlive: true })

const server = createServer(async (request, response) => {
  process.stderr.write(`{"method":"${request.method}","time":${Date.now()}}\n`)
  const answers = await Promise.all(urls.map(ask))
  const merged = new Map<string, object>()
  for (const answer of answers) {
    for (const entity of JSON.parse(answer) as readonly { readonly id: string }[]) {
      merged.set(entity.id, { ...merged.get(entity.id), ...entity })
    }
  }
  const body = JSON.stringify([...merged.values()].sort((left, right) => (at(left) < at(right) ? -1 : 1)))
  response
    .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    .end(body)
})

function at(entity: object): string {
  return String((entity as { readonly id?: string }).id) // each has one
}

function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve(Buffer.concat(chunks).toString()))
    }).on('error', reject)
  })
}

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('SIGTERM', () => process.exit(0))
