import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { recipeFor } from '../../broker/cli/run/client-recipes.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const run = promisify(execFile)
const PYTHON = join(packageRoot, '.build/python-client/bin')

/** The commands that make a client, without those that fetch something. */
function commands(): string {
  const [told = ''] = recipeFor('python', '').split('\n# Then:')
  return told
    .split('\n')
    .filter((line) => !/^(?:#|pip |npx )/.test(line))
    .join('\n')
}

describe('A client in Python, as `hub openapi --lang python` says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-python-'))
  const environment = {
    ...process.env,
    PATH: `${PYTHON}:${process.env.PATH}`,
    PYTHONPATH: join(folder, 'hub-client'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  let hub: TestHub | undefined
  after(async () => {
    await hub?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is generated without a warning, and asks a hub', async function () {
    if (!existsSync(join(PYTHON, 'openapi-python-client'))) {
      if (this.test) this.test.title = `SKIPPED: ${this.test.title} (no Python with openapi-python-client)`
      return this.skip()
    }
    this.timeout(300_000)
    copyFileSync(join(packageRoot, 'openapi/generated/openapi.json'), join(folder, 'hub-openapi.json'))
    const made = await run('sh', ['-ec', commands()], { cwd: folder, env: environment })
    expect(made.stdout + made.stderr).to.not.match(/warning|error|not be generated/i)
    hub = await startTestHub({ 'context.default': 'ontology' })
    const smoke = join(packageRoot, 'test/python-client/smoke.py')
    const { stdout } = await run(join(PYTHON, 'python'), [smoke, hub.url], { env: environment })
    const { created, again, found, missing, types } = JSON.parse(stdout)
    expect([created, again]).to.deep.equal([201, 'Resource exists already'])
    expect(found).to.have.length(1)
    expect(found[0].pm25).to.include({ value: 42.5, unitCode: 'GQ' })
    expect(missing).to.match(/does not exist/)
    expect(types.typeList).to.deep.equal(['AirQualityObserved'])
  })
})
