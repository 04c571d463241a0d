import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { missingMongo, startMongo } from '../support/mongodb-server.ts'

const ALL = ['contract', 'parity', 'http'].map((suite) => `dist/test/${suite}/**/*.test.js`)

const given = process.argv.slice(2)
const files = given.some((argument) => argument.endsWith('.js')) ? [] : ALL
const missing = missingMongo()
if (missing !== undefined) {
  console.log(`SKIPPED: hubs on MongoDB (${missing})`)
} else {
  const server = await startMongo()
  const mocha = join(packageRoot, 'node_modules/mocha/bin/mocha.js')
  const child = spawn(process.execPath, [mocha, ...given, ...files], {
    cwd: packageRoot,
    env: { ...process.env, MONGODB_URL: server.url, HUB_TEST_STORE: 'mongodb' },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  await server.close()
  process.exitCode = code ?? 1
}
