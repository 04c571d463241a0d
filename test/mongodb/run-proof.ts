import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { missingMongo, startMongo } from '../support/mongodb-server.ts'
import { PART } from './part.ts'

/** The suites as `npm run proof` has them. */
const ALL = [
  ...['--ignore', 'dist/test/**/*.long.test.js'],
  ...['contract', 'parity', 'http'].map((suite) => `dist/test/${suite}/**/*.test.js`),
]

/** A server without indexes takes long for loads of months. */
const MILLISECONDS = '600000'

/** The server works as long for each of them as they do. */
const JOBS = String(availableParallelism())

const given = process.argv.slice(2).filter((argument) => argument !== '--part')
const files = filesOf()
const missing = missingMongo()
if (missing !== undefined) {
  console.log(`SKIPPED: hubs on MongoDB (${missing})`)
} else {
  const server = await startMongo()
  const mocha = join(packageRoot, 'node_modules/mocha/bin/mocha.js')
  const child = spawn(
    process.execPath,
    [mocha, '--timeout', MILLISECONDS, '--jobs', JOBS, ...given, ...files],
    {
      cwd: packageRoot,
      env: { ...process.env, HUB_TEST_MONGODB: server.url },
      stdio: 'inherit',
    },
  )
  const [code] = await once(child, 'exit')
  await server.close()
  process.exitCode = code ?? 1
}

/** Those that are given, the part of the http suite that was chosen, or all. */
function filesOf(): readonly string[] {
  if (process.argv.includes('--part'))
    return Object.keys(PART).map((name) => `dist/test/http/${name}.test.js`)
  return given.some((argument) => argument.endsWith('.js')) ? [] : ALL
}
