import { rmSync, writeFileSync } from 'node:fs'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { entity, put } from './store-builders.ts'

// A process of its own, to run on a disk that is slow or full, that prints what it saw as JSON:
// node disk-program.js FOLDER slow|full
const [directory = '', kind = 'slow'] = process.argv.slice(2)
// reads are to reach the file
const store = await openSqliteStore({ knownCharacters: 0, directory })
const ids = Array.from({ length: 1000 }, (_, at) => `urn:r:${at}`)
await store.commit(
  DEFAULT_TENANT,
  ids.map((id) => put(entity(id))),
)
console.log(JSON.stringify(kind === 'slow' ? await readsWhileWriting() : await writesOnFullDisk()))
await store.close()

async function readsWhileWriting() {
  const ratios: number[] = []
  const waits: number[] = []
  await reads(500)
  for (let pair = 0; pair < 9; pair++) {
    const alone = await reads(150)
    let writing = true
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let round = 0; writing; round++) {
        const start = performance.now()
        await store.commit(DEFAULT_TENANT, [put(entity(`urn:w:${pair}:${writer}:${round}`))])
        waits.push(performance.now() - start)
      }
    })
    const busy = await reads(150)
    writing = false
    await Promise.all(writers)
    ratios.push((2 * busy) / (alone + (await reads(150))))
  }
  return { ratio: median(ratios), commits: waits.length, commitMillis: median(waits) }
}

/** Reads for so many milliseconds, letting other work in between; answers reads per millisecond. */
async function reads(millis: number): Promise<number> {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < millis) {
    for (let at = 0; at < 50; at++) await store.read(DEFAULT_TENANT, ids[count++ % ids.length] ?? '')
    await new Promise(setImmediate)
  }
  return count / (performance.now() - start)
}

async function writesOnFullDisk() {
  const flag = process.env.DISK_FULL_FLAG ?? ''
  const commit = (id: string) =>
    store.commit(DEFAULT_TENANT, [put(entity(id))]).then(
      ([result]) => result?.outcome,
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    )
  const before = await commit('urn:d:before')
  writeFileSync(flag, '')
  const full = await Promise.all(['urn:d:full1', 'urn:d:full2'].map(commit))
  const readsOn = (await store.read(DEFAULT_TENANT, 'urn:d:before'))?.id
  const lost = await store.read(DEFAULT_TENANT, 'urn:d:full1')
  rmSync(flag)
  const after = await commit('urn:d:after')
  const kept = (await store.readMany(DEFAULT_TENANT, ['urn:d:before', 'urn:d:full1', 'urn:d:after'])).map(
    ({ id }) => id,
  )
  return { before, full, readsOn, lost: lost?.id ?? null, after, kept }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
