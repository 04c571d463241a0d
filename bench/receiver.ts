import { createServer } from 'node:http'
import { argv, hrtime } from 'node:process'

/**
 * A receiver of notifications in a process of its own: says for each entity that it was told of when that was, in
 * microseconds of the clock that all processes of a machine share. `GET /taken` answers and forgets that; `GET /count`
 * answers how many came. Argument: `silent` for one that takes everything and never answers.
 */
const isSilent = argv[2] === 'silent'
let taken: (readonly [entityId: string, at: number])[] = []

const server = createServer((request, response) => {
  if (isSilent) return
  if (request.method === 'GET') {
    response.end(JSON.stringify(request.url === '/count' ? taken.length : taken))
    if (request.url === '/taken') taken = []
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const at = Number(hrtime.bigint() / 1000n)
    response.writeHead(204).end()
    const { data } = JSON.parse(Buffer.concat(chunks).toString())
    for (const { id } of data ?? []) taken.push([id, at])
  })
})

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('SIGTERM', () => process.exit(0))
