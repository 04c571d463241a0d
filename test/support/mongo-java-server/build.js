// Has Maven bring the jars of the server, checks that they are the known ones, and compiles what starts it, all into
// dist/mongo-java-server.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('.', import.meta.url))
const folder = join(source, '../../../dist/mongo-java-server')
const jars = join(folder, 'jars')
mkdirSync(folder, { recursive: true })
run('mvn', [
  '-q',
  '-B',
  '-f',
  join(source, 'pom.xml'),
  'dependency:copy-dependencies',
  `-DoutputDirectory=${jars}`,
])
const known = readFileSync(join(source, 'jars.sha256'), 'utf8')
for (const jar of readdirSync(jars)) {
  const hash = createHash('sha256')
    .update(readFileSync(join(jars, jar)))
    .digest('hex')
  if (!known.includes(`${hash}  ${jar}\n`)) throw new Error(`Jar ${jar} is another one than it was`)
}
const sources = ['ChangeEvents.java', 'MongoJavaServer.java'].map((file) => join(source, file))
run('javac', ['-cp', join(jars, '*'), '-d', folder, ...sources])

/** @param {string} program @param {readonly string[]} parameters */
function run(program, parameters) {
  const { status, error } = spawnSync(program, parameters, { stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${program} ends with ${status}`)
}
