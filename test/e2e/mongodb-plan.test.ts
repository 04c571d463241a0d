import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Script } from 'node:vm'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { uncovered } from '../support/hub-process.ts'
import { missingMongo, startMongo } from '../support/mongodb-server.ts'

const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname
const run = promisify(execFile)
const missing = missingMongo()

/** Runs the command; one that fails answers its exit code, and what it says of that. */
async function plan(...args: readonly string[]): Promise<{ readonly out: string; readonly code: number }> {
  try {
    const { stdout } = await run(process.execPath, [PROGRAM, 'mongodb', 'plan', ...args], { env: uncovered })
    return { out: stdout, code: 0 }
  } catch (error) {
    const { code, stderr } = error as { readonly code: number; readonly stderr: string } // of a program that ran
    return { out: stderr, code }
  }
}

describe('hub mongodb plan', () => {
  it('prints a program that shards what can be, and what a load takes', async () => {
    const { out } = await plan('--shards', '4', '--entities', '100000000', '--writes-per-second', '10000')
    new Script(out) // it can be read as one
    const commands = out.split('\n').filter((line) => line !== '' && !line.startsWith('//'))
    expect(commands).to.deep.equal([
      'db.getSiblingDB("hub").getCollection("default.entity").createIndex({"_id":"hashed"})',
      'sh.shardCollection("hub.default.entity", {"_id":"hashed"})',
      'db.getSiblingDB("hub").getCollection("default.history").createIndex({"_id":"hashed"})',
      'sh.shardCollection("hub.default.history", {"_id":"hashed"})',
      'db.getSiblingDB("hub").getCollection("default.totals").createIndex({"_id":"hashed"})',
      'sh.shardCollection("hub.default.totals", {"_id":"hashed"})',
    ])
    expect(out).to.match(/default\.log stays on one shard: .*unique/)
    const [, bytes = '', total = ''] =
      /entities +100,000,000 × ([\d,]+) B +([\d.]+) GB, .* a shard/.exec(out) ?? []
    expect(Number(total)).to.be.closeTo(Number(bytes.replaceAll(',', '')) / 10, 0.1)
  })

  it('says what is wrong, and never a password', async () => {
    const none = await plan('--url', 'mongodb+:/hub:pass-word@')
    expect(none).to.deep.include({ code: 2 })
    expect(none.out).to.include('no connection string').and.not.include('pass-word')
    expect(await plan('--shards', 'two')).to.deep.include({ code: 2 })
    const away = await plan('--url', 'mongodb://hub:pass-word@127.0.0.1:1/?serverSelectionTimeoutMS=100')
    expect(away.code).to.equal(1)
    expect(away.out).to.include('Server does not tell').and.not.include('pass-word')
  })

  if (missing === undefined) {
    it('looks at a server, and prints what is missing there alone', async () => {
      const server = await startMongo()
      const database = `hub-test-plan-${process.pid}`
      const options = ['--url', server.url, '--database', database]
      const open = () => openMongoStore({ url: server.url, database })
      const first = await open()
      await first.createTenant('city' as Parameters<typeof first.createTenant>[0]) // it is a name of one
      await first.close()
      const client = await new MongoClient(server.url).connect()
      const history = client.db(database).collection('tenant-city.history')
      await history.dropIndex('gone_1')
      const { out } = await plan(...options)
      new Script(out)
      expect(out).to.match(/^\/\/ Database hub-test-plan-\d+ on MongoDB \d/)
      expect(out.split('\n').filter((line) => line.startsWith('db.'))).to.deep.equal([
        `db.getSiblingDB("${database}").getCollection("tenant-city.history").createIndex({"gone":1}, {"sparse":true})`,
      ])
      await history.createIndex({ gone: 1 }, { sparse: true })
      expect((await plan(...options)).out).to.not.include('missing, for')
      await client.db(database).dropDatabase()
      await client.close()
      await server.close()
    })
  } else {
    it.skip(`SKIPPED: looks at a server, and prints what is missing there alone (${missing})`)
  }
})
