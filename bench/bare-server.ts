import { closeSync, fdatasync, openSync, write } from 'node:fs'
import { createServer } from 'node:http'
import { argv } from 'node:process'

/**
 * The bare figure: a node:http server that does the same I/O as the hub and nothing else. Reads answer fixed bytes;
 * writes parse the body, append it to a file and answer after an fdatasync that several requests may share. One log line a request.
 * Arguments: file to append to, bytes of one entity, bytes of a page.
 */
const [file = '', entity = '{}', page = '[]'] = argv.slice(2)
const descriptor = openSync(file, 'a')
const waiting: (() => void)[] = []
let syncing = false

const server = createServer((request, response) => {
  process.stderr.write(`{"method":"${request.method}","time":${Date.now()}}\n`)
  if (request.method === 'GET') {
    const body = request.url?.startsWith('/ngsi-ld/v1/entities?') ? page : entity
    response
      .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
      .end(body)
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    JSON.parse(body.toString())
    write(descriptor, body, () => {
      waiting.push(() => response.writeHead(request.method === 'POST' ? 201 : 204).end())
      sync()
    })
  })
})

function sync(): void {
  if (syncing || waiting.length === 0) return
  syncing = true
  const group = waiting.splice(0)
  fdatasync(descriptor, () => {
    syncing = false
    for (const answer of group) answer()
    sync()
  })
}

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('SIGTERM', () => {
  closeSync(descriptor)
  process.exit(0)
})
