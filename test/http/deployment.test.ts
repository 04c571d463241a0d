import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { parse, parseAllDocuments } from 'yaml'
import { environmentName } from '../../broker/config-environment.ts'
import { SETTING_PATHS, SETTINGS } from '../../broker/config-schema.ts'
import { fileOfSecret, SECRETS } from '../../broker/config-secrets.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { readConfig } from '../../broker/read-config.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { hashPassword } from '../../security/identity/password.ts'
import { temporaryFolder } from '../support/stores.ts'

const FOLDER = join(packageRoot, 'deploy')
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.(?:ya?ml|cfg|service|js|json)$|Containerfile$/.test(name) && !name.startsWith('secrets'),
)
const PORT = SETTINGS['listen.port'].default
/** What requests under way may take after the time of grace. */
const DRAIN_SECONDS = 10

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly networks?: readonly string[]
}

const compose: {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: object
  readonly volumes: object
} = parse(read('compose.yaml'), { merge: true })
const services = Object.entries(compose.services)
const hubs = services.filter(([name]) => name.startsWith('hub-'))
const manifests = parseAllDocuments(read('kubernetes/hub.yaml')).map((each) => each.toJS())

describe('deployment', () => {
  let hub: RunningHub
  let graceSeconds: number
  const warnings: string[] = []
  before(async () => {
    const folder = temporaryFolder()
    cpSync(join(FOLDER, 'config'), folder, { recursive: true })
    cpSync(join(packageRoot, 'config/policies/demo.yaml'), join(folder, 'policies.yaml'))
    const hash = await hashPassword('a long password')
    for (const name of ['administrator', 'dashboard'])
      writeFileSync(join(folder, name), hash, { mode: 0o400 })
    const file = join(folder, 'hub.yaml')
    writeFileSync(file, read('config/hub.yaml').replaceAll('/run/secrets', folder))
    const environment = { HUB_DATA: join(folder, 'data'), HUB_LISTEN_PORT: '0', HUB_LISTEN_HOST: '127.0.0.1' }
    const config = await readConfig({ file, environment })
    graceSeconds = config.listen.graceSeconds
    warnings.push(...config.warnings)
    const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) })
    hub = await startHub(config, { root: packageRoot, log })
  })
  after(() => hub.stop())

  it('has settings that a hub starts with, without a warning', async () => {
    const paths = new Set(FILES.flatMap((name) => read(name).match(/\/health\/\w+/g) ?? []))
    expect([...paths].sort()).to.deep.equal(['/health/live', '/health/ready'])
    for (const path of paths) expect((await fetch(hub.url + path)).status, path).to.equal(200)
    expect(warnings).to.deep.equal([])
    const token = await fetch(`${hub.url}/oidc/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa('dashboard:a long password')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(token.status).to.equal(200)
  })

  it('looks at and alerts by figures that a hub tells', async () => {
    const told = await (await fetch(`${hub.url}/metrics`)).text()
    const kinds = new Map([...told.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind]))
    const asked = new Set(
      ['grafana/hub.json', 'prometheus/alerts.yaml'].flatMap(
        (name) => read(name).match(/\b(?:hub|process|nodejs)_[a-z0-9_]+/g) ?? [],
      ),
    )
    const unknown = [...asked].filter((name) => {
      const histogram = name.replace(/_bucket$/, '')
      return name === histogram ? !kinds.has(name) : kinds.get(histogram) !== 'histogram'
    })
    expect(unknown).to.deep.equal([])
    expect(asked.size).to.be.greaterThan(15)
  })

  it('names settings that there are', () => {
    const known = new Set([...SETTING_PATHS, ...SECRETS.map(fileOfSecret)].map(environmentName))
    const named = FILES.flatMap((name) => read(name).match(/\bHUB_[A-Z_]+/g) ?? [])
    expect(named.filter((name) => !known.has(name))).to.deep.equal([])
    expect(named).to.include('HUB_STORE_MONGODB_URL_FILE')
  })

  it('names files, secrets and volumes that there are', () => {
    const copied = [...read('Containerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, files = '']) => files.split(' ').map((file) => join(packageRoot, file)),
    )
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((each) => each.split(':')[0] ?? ''),
    )
    const mounted = sources.filter((source) => source.startsWith('.')).map((source) => join(FOLDER, source))
    const started = /^ExecStart=\S+ (\S+)/m.exec(read('systemd/hub.service'))?.[1] ?? 'nothing'
    const files = [...copied, ...mounted, join(packageRoot, started)]
    expect(files.filter((file) => !existsSync(file))).to.deep.equal([])
    expect(files.length).to.be.greaterThan(10)
    const secrets = services.flatMap(([, each]) => each.secrets ?? [])
    expect(compose.secrets).to.have.all.keys([...new Set(secrets)])
    const kept = sources.filter((source) => !source.startsWith('.'))
    expect(compose.volumes).to.have.all.keys(kept)
  })

  it('leads to the port and to each of the hubs', () => {
    const names = hubs.map(([name]) => `${name}:${PORT}`)
    const balanced = [...read('haproxy/haproxy.cfg').matchAll(/^ +server \S+ (\S+)$/gm)].map(([, to]) => to)
    expect(balanced).to.deep.equal(names)
    const [job] = parse(read('prometheus/prometheus.yaml')).scrape_configs
    expect(job.static_configs[0].targets).to.deep.equal(names)
    expect(read('Containerfile')).to.include(`EXPOSE ${PORT}\n`).and.include(`127.0.0.1:${PORT}/`)
    expect(pod().containers[0].ports).to.deep.equal([{ name: 'http', containerPort: PORT }])
  })

  it('leaves hubs the time that they take to stop', () => {
    const least = graceSeconds + DRAIN_SECONDS
    for (const [name, { stop_grace_period }] of hubs)
      expect(Number.parseInt(stop_grace_period ?? '', 10), name).to.be.greaterThan(least)
    expect(pod().terminationGracePeriodSeconds).to.be.greaterThan(least)
    expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(read('systemd/hub.service'))?.[1])).to.be.greaterThan(least)
  })

  it('lets no process do more than it has to', () => {
    for (const [name, each] of services) {
      const { read_only, cap_drop, security_opt } = each
      const bounds = { read_only, cap_drop, security_opt }
      expect(bounds, name).to.deep.equal({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      })
    }
    expect(read('Containerfile')).to.match(/^USER node$/m)
    const [{ securityContext }] = pod().containers
    expect(pod().securityContext).to.include({ runAsNonRoot: true })
    expect(securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })
})

function pod() {
  return manifests.find(({ kind }) => kind === 'StatefulSet').spec.template.spec
}
