import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  type Client,
  type ClientCredentials,
  clientCredentials,
  createClient,
} from '../../openapi/client/client.ts'
import { freePort } from './free-port.ts'
import { hashOfTest } from './hash-of-test.ts'
import { startTestHub, type TestHub } from './hub.ts'

export const PASSWORD = 'three words for tests'
/** With what has to be escaped on its way to the issuer. */
export const SECRET = 'secret: of a client+'
const POLICIES = `
description: Who works with the client, and who may look
rules:
  - { id: all, effect: permit, subject: { role: all }, action: [read, create, update, delete] }
  - { id: all.subscribes, effect: permit, subject: { role: all }, action: [read, create, update, delete], resource: { kind: subscription } }
  - { id: all.finds, effect: permit, subject: { role: all }, action: read, resource: { kind: unit } }
  - { id: looks, effect: permit, subject: { role: looks }, action: read, resource: { type: AirQualityObserved } }
`
/** How many stations there are, of which each measured its own number in the minute of that number. */
const STATIONS = 25

export const stationId = (at: number | string): string => `urn:ngsi-ld:AirQualityObserved:thai-nguyen:${at}`
export const minute = (at: number): string => `2026-01-01T00:${String(at).padStart(2, '0')}:00Z`

/** A hub with access control and its own issuer, some stations, and a client of it that may do everything. */
export interface ClientHub {
  readonly hub: TestHub
  readonly client: Client
  /** What clients of `credentials` asked, and `client`, with what was answered. */
  readonly asked: string[]
  readonly credentials: ClientCredentials & Pick<Required<ClientCredentials>, 'fetch'>
  stop(): Promise<void>
}

/** Starts one; it tells histories in parts of five instances, and gives signs of life often. */
export async function startClientHub(): Promise<ClientHub> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-client-'))
  const policies = join(folder, 'policies.yaml')
  writeFileSync(policies, POLICIES)
  const port = await freePort()
  const hub = await startTestHub({
    'listen.port': port,
    'context.default': 'ontology',
    'auth.mode': 'required',
    'auth.policies': [policies],
    'egress.mode': 'open',
    'changes.heartbeat': 200,
    'limits.instances': 5,
    'identity.enabled': true,
    'identity.demoPassword': PASSWORD,
    'identity.secondFactor': [],
    'identity.accounts': [{ name: 'viewer', roles: ['looks'] }],
    'identity.clients': [
      { id: 'application', secret: hashOfTest(SECRET), roles: ['all'] },
      { id: 'dashboard', secret: hashOfTest('SECRET'), roles: ['all'] },
      { id: 'portal', redirectUris: [`http://127.0.0.1:${port}/app`] },
    ],
  })
  const asked: string[] = []
  const fetchTold = async (request: Request): Promise<Response> => {
    const response = await fetch(request)
    asked.push(`${response.status} ${request.method} ${new URL(request.url).pathname}`)
    return response
  }
  const credentials = {
    issuer: `${hub.url}/oidc`,
    clientId: 'application',
    clientSecret: SECRET,
    fetch: fetchTold,
  }
  const client = createClient({ url: hub.url, token: clientCredentials(credentials), fetch: fetchTold })
  const { errors } = await client.entities.upsert(
    Array.from({ length: STATIONS }, (_, at) => ({
      id: stationId(at),
      type: 'AirQualityObserved' as const,
      scope: at < 5 ? '/ThaiNguyen/Centre' : '/ThaiNguyen',
      name: `Trạm "${at}" \\ (Phổ Yên)`,
      pm25: { value: at, unitCode: 'GQ' as const, observedAt: minute(at) },
      location: { type: 'Point', coordinates: [105.8 + at / 100, 21.6] },
    })),
  )
  expect(errors).to.deep.equal([])
  return {
    hub,
    client,
    asked,
    credentials,
    stop: async () => {
      await hub.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
