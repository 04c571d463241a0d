import { type ChildProcess, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { request } from 'undici'
import { packageRoot } from '../../ontology/package-root.ts'
import { uncovered } from '../support/hub-process.ts'
import { until } from '../support/until.ts'

const PORTS = [1026, 1027, 1028, 1029] as const
const PROVINCE = 'http://127.0.0.1:1026'
const HUB = join(packageRoot, 'broker', 'cli', 'hub.js')
const CITIES = ['pho-yen', 'song-cong', 'thai-nguyen'] as const
const QUERY = '/ngsi-ld/v1/entities?type=AirQualityObserved&format=simplified&limit=100'

/** A process with what it has written so far. */
interface Run {
  readonly child: ChildProcess
  readonly pid: number
  output: string
  errors: string
  readonly ended: Promise<number | null>
}

function run(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = packageRoot,
): Run {
  const child = spawn(program, args, {
    cwd,
    env: { ...uncovered, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const state: Run = {
    child,
    pid: child.pid ?? 0,
    output: '',
    errors: '',
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
  child.stdout.on('data', (chunk) => {
    state.output += chunk
  })
  child.stderr.on('data', (chunk) => {
    state.errors += chunk
  })
  return state
}

const hub = (...args: readonly string[]): Run => run(process.execPath, [HUB, ...args])

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve))

async function takenPort(): Promise<number | undefined> {
  for (const port of PORTS) {
    const server = await listen(port)
    if (!server) return port
    await close(server)
  }
  return undefined
}

/** Finds the process of a hub among the children of the demonstration; on Linux, where /proc tells. */
function childOf(parent: number, name: string): number | undefined {
  const numbers = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  return numbers.map(Number).find((pid) => {
    try {
      const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return Number(rest.split(' ')[1]) === parent && command.includes(`${name}.yaml`)
    } catch {
      return false
    }
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function token(account: string): Promise<string> {
  const asked = hub('token', account)
  expect(await asked.ended, asked.errors).to.equal(0)
  return asked.output.trim()
}

async function query(
  bearer: string,
): Promise<{ status: number; warning: string; cities: readonly string[] }> {
  const answer = await request(`${PROVINCE}${QUERY}`, { headers: { authorization: `Bearer ${bearer}` } })
  const entities = (await answer.body.json()) as readonly { readonly id: string }[] // a query answers a list
  return {
    status: answer.statusCode,
    warning: [answer.headers['ngsild-warning']].flat().join(', '),
    cities: CITIES.filter((city) => entities.some(({ id }) => id.includes(city))),
  }
}

describe('e2e: the demonstration of four hubs', function () {
  const suite = this
  const folder = mkdtempSync(join(tmpdir(), 'hub-demo-'))
  const data = join(folder, 'data')
  let demo: Run
  let bearer: string

  before(async function () {
    const port = await takenPort()
    if (port !== undefined) {
      for (const test of suite.tests) test.title += ` (SKIPPED: port ${port} is taken)`
      return this.skip()
    }
    demo = hub('demo', '--data', data)
  })
  after(async () => {
    demo?.child.kill('SIGTERM')
    await demo?.ended
    rmSync(folder, { recursive: true, force: true })
  })

  it('says when it is ready, and on one screen what to try', async () => {
    await until('the welcome', () => demo.output.includes('Ctrl-C') || demo.child.exitCode !== null, 60_000)
    expect(demo.errors).to.equal('')
    expect(demo.output.split('\n').length).to.be.at.most(40)
    for (const port of PORTS) expect(demo.output).to.include(`http://127.0.0.1:${port}/`)
    bearer = await token('analyst')
    expect(bearer).to.match(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect((await query(bearer)).cities).to.deep.equal(CITIES)
  })

  it('prints three commands that work as they are printed', async () => {
    const commands = demo.output.split('\n').flatMap((line) => /^ +(curl .+)$/.exec(line)?.[1] ?? [])
    expect(commands).to.have.length(3)
    const answers: string[] = []
    for (const command of commands) {
      // a cache of its own: what an earlier npx left behind on this machine tells nothing
      const shell = run('bash', ['-c', command], { npm_config_cache: join(folder, 'npm') })
      expect(await shell.ended, shell.errors).to.equal(0)
      answers.push(shell.output)
    }
    const [air = [], feedback = [], parking = { features: [] }] = answers.map((text) => JSON.parse(text))
    for (const city of CITIES) {
      expect(JSON.stringify(air)).to.include(`AirQualityObserved:${city}`)
      expect(JSON.stringify(feedback)).to.include(`ServiceRequest:${city}`)
      expect(JSON.stringify(parking)).to.include(`OffStreetParking:${city}`)
    }
    expect(JSON.stringify(feedback)).to.not.match(/reporter|location|description/)
    expect(parking.type).to.equal('FeatureCollection')
  })

  it('answers the first query of a developer, as README.md has it', async () => {
    const [, program = '', command = ''] =
      /```ts\n([^`]+)```\n+```sh.*\n(npx tsc .+)\n```/.exec(
        readFileSync(join(packageRoot, 'README.md'), 'utf8'),
      ) ?? []
    expect(program.trim().split('\n').length).to.be.within(3, 9)
    const checkout = join(folder, 'checkout')
    mkdirSync(checkout)
    for (const name of ['broker', 'node_modules', 'openapi', 'package.json'])
      symlinkSync(join(packageRoot, name), join(checkout, name))
    writeFileSync(join(checkout, 'first.ts'), program)
    const first = run('bash', ['-c', command], { npm_config_cache: join(folder, 'npm') }, checkout)
    expect(await first.ended, first.output + first.errors).to.equal(0)
    expect(first.output).to.match(/^urn:ngsi-ld:AirQualityObserved:[\w-]+:\S+ \d/m)
  })

  it('goes on without a city that was killed, and with it when it is back', async function () {
    const city = process.platform === 'linux' ? childOf(demo.pid, 'song-cong') : undefined
    if (city === undefined) return this.skip()
    process.kill(city, 'SIGKILL')
    await until('the report of the end', () => demo.errors.includes('Hub song-cong stopped'))
    const without = await query(bearer)
    expect(without.status).to.equal(200)
    expect(without.cities).to.deep.equal(['pho-yen', 'thai-nguyen'])
    expect(without.warning).to.match(/^\d{3} province "Source song-cong /)
    expect(demo.child.exitCode).to.equal(null)

    const again = run(
      process.execPath,
      [HUB, 'serve', '--config', join('config', 'demo', 'song-cong.yaml'), '--data', join(data, 'song-cong')],
      { HUB_SEALING_KEY_FILE: join(data, 'sealing-keys.yaml') },
    )
    try {
      await until('the city', () => again.output.includes('listens'))
      await until('its entities', async () => (await query(bearer)).cities.length === 3)
    } finally {
      again.child.kill('SIGINT')
    }
    expect(await again.ended, again.errors).to.equal(0)
  })

  it('stops cleanly, all of it', async () => {
    const children = ['province', ...CITIES].flatMap((name) => childOf(demo.pid, name) ?? [])
    demo.child.kill('SIGINT')
    expect(await demo.ended, demo.errors).to.equal(0)
    expect(children.filter(isAlive)).to.deep.equal([])
    expect(await takenPort()).to.equal(undefined)
  })

  it('names a port that is taken, and fails', async () => {
    const server = await listen(1028)
    expect(server).to.not.equal(undefined)
    const refused = hub('demo', '--data', data)
    expect(await refused.ended).to.equal(1)
    expect(refused.errors).to.match(/^Port 1028 is taken/)
    if (server) await close(server)
  })

  it('goes on with its data at a second start', async () => {
    const created = async () => {
      const headers = { authorization: `Bearer ${await token('analyst')}` }
      const answer = await request(`${PROVINCE}${QUERY}&options=sysAttrs`, { headers })
      const entities = (await answer.body.json()) as readonly { id: string; createdAt: string }[] // as above
      return entities.map(({ id, createdAt }) => `${id} ${createdAt}`)
    }
    const restarted = Date.now()
    demo = hub('demo', '--data', data)
    await until('the welcome', () => demo.output.includes('Ctrl-C') || demo.child.exitCode !== null, 60_000)
    expect(demo.errors).to.equal('')
    const times = await created()
    expect(times.length).to.be.greaterThan(3)
    expect(times.filter((each) => Date.parse(each.split(' ')[1] ?? '') >= restarted)).to.deep.equal([])
    demo.child.kill('SIGINT')
    expect(await demo.ended, demo.errors).to.equal(0)
  })
})
