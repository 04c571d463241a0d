import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { startTestHub } from '../support/hub.ts'
import { startReceiver } from '../support/receiver.ts'
import { entity, PM10, property, put, remove } from '../support/store-builders.ts'
import { until } from '../support/until.ts'
import { type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

/** The command as it was compiled with this test. */
const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'broker', 'cli', 'main.js')
const COMMANDS = [
  ...([
    'serve',
    'demo',
    'token',
    'ingest',
    'simulate',
    'feed',
    'import',
    'export',
    'notifications',
    'check',
  ] as const),
  ...([
    'hash-password',
    'compact',
    'backup',
    'restore',
    'mongodb',
    'move',
    'pii',
    'privacy',
    'audit',
    'policy',
    'keys',
    'openapi',
  ] as const),
] as const

interface Finished {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function hub(...args: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output, errors })))
}

describe('e2e: the hub command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-cli-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  function file(name: string, lines: readonly string[]): string {
    const path = join(folder, name)
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  }

  it('lists its commands', async () => {
    const { code, output } = await hub('--help')
    expect(code).to.equal(0)
    const listed = [...output.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)
    expect(listed.filter((name) => name !== 'help')).to.include.members([...COMMANDS])
    for (const name of listed) expect([...COMMANDS, 'help'], 'tested here').to.include(name)
  })

  for (const command of COMMANDS) {
    it(`${command} --help tells how it is used`, async () => {
      const { code, output, errors } = await hub(command, '--help')
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' })
      expect(output).to.match(new RegExp(`^Usage: hub ${command} `))
    })
  }

  for (const args of [['nonsense'], ['serve', '--nonsense'], ['token'], ['serve', '--store', 'paper']]) {
    it(`hub ${args.join(' ')} is refused with exit code 2`, async () => {
      const { code, output, errors } = await hub(...args)
      expect(code).to.equal(2)
      expect(output).to.equal('')
      expect(errors).to.match(/^error: /)
    })
  }

  it('compact gives back what is free, of a folder that no hub uses', async () => {
    const data = mkdtempSync(join(folder, 'data-'))
    const store = await openSqliteStore({ directory: data })
    const large = entity('urn:large', { attributes: { [PM10]: [property('x'.repeat(1_000_000))] } })
    await store.commit(DEFAULT_TENANT, [put(large), remove(large, 'previous')])
    const refused = await hub('compact', '--data', data)
    expect(refused.code).to.equal(1)
    expect(refused.errors).to.match(/use/)
    await store.close()
    const { code, output } = await hub('compact', '--data', data)
    expect([code, output]).to.deep.equal([0, output])
    expect(output).to.match(/^default tenant: \d+\.\d MiB -> \d+\.\d MiB\n$/)
    expect((await hub('compact', '--data', join(data, 'nowhere'))).code).to.equal(1)
  })

  it('check finds the configurations of the demonstration in order', async () => {
    for (const name of ['province', 'thai-nguyen', 'song-cong', 'pho-yen']) {
      const { code, output, errors } = await hub('check', join('config', 'demo', `${name}.yaml`))
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' })
      expect(output).to.include(`hub ${name} on 127.0.0.1:102`)
    }
  })

  it('check tells all three faults of a configuration with file and line', async () => {
    const path = file('faults.yaml', [
      'name: faulty',
      'listen:',
      '  port: 99999',
      'nonsense: 1',
      'auth:',
      '  mode: sometimes',
      '  issuers: [{ issuer: "http://127.0.0.1:1026/oidc" }]',
    ])
    const { code, errors } = await hub('check', path)
    expect(code).to.equal(2)
    expect(errors.split('\n').slice(0, -1)).to.have.length(4)
    expect(errors).to.match(/^Configuration has 3 faults:/)
    for (const [line, text] of [
      [3, 'listen.port'],
      [4, 'nonsense'],
      [6, 'auth.mode'],
    ] as const)
      expect(errors).to.match(new RegExp(`${path}:${line}: Setting ${text} `))
  })

  it('check refuses a policy that names a type nobody knows, with file and line', async () => {
    file('policies.yaml', [
      'rules:',
      '  - id: reads-cars',
      '    effect: permit',
      '    subject: { role: public }',
      '    action: read',
      '    resource:',
      '      type: FlyingCar',
    ])
    const path = file('hub.yaml', [
      'auth:',
      '  policies: [policies.yaml]',
      '  issuers: [{ issuer: "http://127.0.0.1:1026/oidc" }]',
    ])
    const { code, errors } = await hub('check', path)
    expect(code).to.equal(2)
    expect(errors).to.match(/policies\.yaml:\d: /)
    expect(errors).to.include('FlyingCar')
  })

  it('serve says which port is taken, and fails', async () => {
    const path = file('taken.yaml', ['listen: { port: 0 }'])
    const hubs: SecuredHubs = await startSecuredHubs()
    try {
      const { port } = new URL(hubs.city.url)
      const args = ['serve', '--config', path, '--auth', 'off', '--store', 'memory', '--port', port]
      const { code, errors } = await hub(...args)
      expect(code).to.equal(1)
      expect(errors).to.include(`Port ${port} of 127.0.0.1 is taken`)
    } finally {
      await hubs.stop()
    }
  })

  it('export writes what the account sees, whole or not at all', async () => {
    const hubs: SecuredHubs = await startSecuredHubs()
    const from = (account: string) => [
      '--hub',
      hubs.city.url,
      '--issuer',
      hubs.province.url,
      '--account',
      account,
    ]
    const output = join(folder, 'reports.ndjson')
    try {
      const body = Array.from({ length: 300 }, (_, at) => ({
        id: `urn:ngsi-ld:ServiceRequest:thai-nguyen:${at}`,
        type: 'ServiceRequest',
        requestCode: { type: 'Property', value: `PA-${at}` },
        reporterPhone: { type: 'Property', value: '0912 345 678' },
      }))
      await hubs.send(hubs.city, 'feeds', '/ngsi-ld/v1/entityOperations/upsert', { method: 'POST', body })
      const all = await hub(
        'export',
        ...from('dpo'),
        '--output',
        output,
        'type=ServiceRequest&format=simplified',
      )
      expect(all).to.deep.equal({ code: 0, output: '', errors: 'exported 300 entities\n' })
      const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
      expect(lines).to.have.length(300)
      expect(JSON.parse(lines[7] ?? '')).to.include({ requestCode: 'PA-7', reporterPhone: '0912 345 678' })
      const seen = await hub(
        'export',
        ...from('analyst'),
        '--as',
        'geojson-seq',
        'type=ServiceRequest&limit=2',
      )
      expect(seen.code).to.equal(0)
      expect(seen.output.split('\u001e')).to.have.length(3)
      expect(seen.output).not.to.contain('345 678')
      const refused = await hub(
        'export',
        ...from('dpo'),
        '--output',
        join(folder, 'none'),
        'type=Room&offset=3',
      )
      expect(refused.code).to.equal(1)
      expect(refused.errors).to.contain('Parameter offset is for pages')
      expect(readdirSync(folder).filter((name) => name.startsWith('none'))).to.deep.equal([])
    } finally {
      await hubs.stop()
    }
  })

  it('export leaves no part behind when the hub breaks off', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
      response.write('{"id":"urn:x:1"}\n', () => response.destroy())
    })
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    const { port } = broken.address() as AddressInfo // a TCP server has such an address
    const output = join(folder, 'broken.ndjson')
    try {
      const args = ['--hub', `http://127.0.0.1:${port}`, '--account', '', '--output', output]
      const { code, errors } = await hub('export', ...args)
      expect(code).to.equal(1)
      expect(errors).to.match(/^Export broke off after 1 entities: /)
      expect(readdirSync(folder).filter((name) => name.startsWith('broken'))).to.deep.equal([])
    } finally {
      broken.close()
    }
  })

  it('notifications shows what was given up, and delivers it again', async () => {
    const receiver = await startReceiver()
    const api = await startTestHub({ 'subscriptions.firstDelay': 10, 'subscriptions.attempts': 1 })
    const id = 'urn:ngsi-ld:Subscription:cli'
    const asked = ['--hub', api.url, '--account', '']
    try {
      receiver.answer = ({ body }) => (body.data[0].id.endsWith('bad') ? 400 : 200)
      const endpoint = { uri: receiver.url }
      const subscription = {
        id,
        type: 'Subscription',
        entities: [{ type: 'Bus' }],
        notification: { endpoint },
      }
      await api.send('/ngsi-ld/v1/subscriptions', { method: 'POST', body: subscription })
      const listed = async () => (await hub('notifications', 'list', ...asked, '--q', `id=="${id}"`)).output
      expect(await listed()).to.match(new RegExp(`^${id}\tactive\tnone\t0\t0\t0\t${receiver.url}/?$`, 'm'))
      const letters = async () => (await api.send(`/hub/v1/subscriptions/${id}/deadLetters`)).body
      // it is given up once others get through
      for (let at = 0; (await letters()).length === 0; at++) {
        for (const entity of at === 0 ? ['bad', '0'] : [String(at)])
          await api.send('/ngsi-ld/v1/entities', {
            method: 'POST',
            body: { id: `urn:b:${entity}`, type: 'Bus', speed: { type: 'Property', value: 1 } },
          })
        expect(at).to.be.lessThan(20)
      }
      const shown = await hub('notifications', 'letters', id, ...asked)
      expect(shown.output).to.match(/^urn:ngsi-ld:Notification:\S+\t.*answers 400$/m)
      receiver.answer = () => 200
      const replayed = await hub('notifications', 'replay', id, ...asked)
      expect(replayed).to.deep.include({ code: 0, output: 'on their way again: 1\n' })
      await until('no letter', async () => (await letters()).length === 0)
      expect(receiver.received.at(-1)?.body.data[0].id).to.equal('urn:b:bad')
      const tested = await hub('notifications', 'test', id, ...asked)
      expect(tested.output).to.match(/^delivered in [\d.]+ ms, status 200\n$/)
      const unknown = await hub('notifications', 'letters', 'urn:none', ...asked)
      expect(unknown.code).to.equal(1)
      expect(unknown.errors).to.include('Subscription urn:none does not exist')
    } finally {
      await api.stop()
      await receiver.close()
    }
  })

  it('token says which hub does not answer, and prints nothing else', async () => {
    const { code, output, errors } = await hub('token', 'analyst', '--hub', 'http://127.0.0.1:9')
    expect({ code, output }).to.deep.equal({ code: 1, output: '' })
    expect(errors).to.include('http://127.0.0.1:9')
  })

  it('openapi prints the document, says how a client is made of it, and writes a collection', async () => {
    const printed = await hub('openapi')
    expect(JSON.parse(printed.output)).to.have.property('openapi').that.matches(/^3\.1/)
    const told = await hub('openapi', '--lang', 'java', '--hub', 'http://127.0.0.1:1027')
    expect(told.output).to.include('-g java --library okhttp-gson').and.to.include('"http://127.0.0.1:1027"')
    const folderOf = join(folder, 'requests')
    expect((await hub('openapi', '--collection', folderOf)).code).to.equal(0)
    const { item } = JSON.parse(readFileSync(join(folderOf, 'hub.postman_collection.json'), 'utf8'))
    expect(item.map(({ name }: { name: string }) => name)).to.include('Entities')
    expect((await hub('openapi', '--lang', 'cobol')).code).to.equal(2)
  })
})
