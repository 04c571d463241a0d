import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { entity, put } from './store-builders.ts'

// A process of its own that writes until it is killed, or so many times and then waits for the end of its input, and
// says on its output what was acknowledged: node write-program.js FOLDER [WRITERS] [COMMITS]
const [directory = '', writers = '4', commits = 'Infinity'] = process.argv.slice(2)
const store = await openSqliteStore({ directory })
const prefix = `urn:w:${process.pid}`
let left = Number(commits)

async function write(writer: number): Promise<void> {
  for (let round = 0; left > 0; round++) {
    left--
    const id = `${prefix}:${writer}:${round}`
    const [result] = await store.commit(DEFAULT_TENANT, [put(entity(id))])
    if (result?.outcome === 'kept') writeSync(1, `ack ${id}\n`)
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))
writeSync(1, 'done\n')
process.stdin.resume()
await once(process.stdin, 'end')
await store.close()
