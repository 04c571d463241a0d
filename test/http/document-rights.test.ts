import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { stringify } from 'yaml'
import { rightsIn } from '../../openapi/served-document.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { document, list, operations } from '../unit/openapi/document.ts'

const API = /^\/(?:ngsi-ld|hub)\/v1\//
const CLASSES = ['none', 'basic', 'sensitive', 'children', 'unclassified']
const RIGHTS = [...rightsIn(document)].sort()

const ROOM = 'urn:ngsi-ld:Room:document'
const TIME = 'timerel=after&timeAt=2025-01-01T00:00:00Z'
const TEMPERATURE = { temperature: { type: 'Property', value: 1 } }
const PAST = { temperature: [{ type: 'Property', value: 1, observedAt: '2025-01-01T00:00:00Z' }] }
const QUERY = { type: 'Query', entities: [{ type: 'Room' }] }
const PERSON = { identifiers: ['phone:0900000417'] }

/** What is good enough for the right to be asked for; other operations are asked without parameters, and with `{}`. */
const QUERIES: Readonly<Record<string, string>> = {
  queryEntities: '?type=Room',
  purgeEntities: '?type=Room',
  queryTemporalEvolution: `?type=Room&${TIME}`,
  createEntityMap: '?type=Room',
  createTemporalEntityMap: `?type=Room&${TIME}`,
  traceAttribute: `?id=${ROOM}&attribute=temperature`,
  eraseHistory: '?type=House&all=true',
}
const BODIES: Readonly<Record<string, unknown>> = {
  createEntity: { id: ROOM, type: 'Room', ...TEMPERATURE },
  replaceEntity: { id: ROOM, type: 'Room', ...TEMPERATURE },
  mergeEntity: TEMPERATURE,
  appendAttributes: TEMPERATURE,
  updateAttributes: TEMPERATURE,
  replaceAttribute: TEMPERATURE.temperature,
  partialUpdateAttribute: { value: 1 },
  setAttributeValue: 1,
  queryEntitiesByBody: QUERY,
  createEntityMapByBody: QUERY,
  updateEntityMap: { expiresAt: '2030-01-01T00:00:00Z' },
  createTemporalEvolution: { id: ROOM, type: 'Room', ...PAST },
  addTemporalAttributes: PAST,
  modifyAttributeInstance: PAST,
  queryTemporalEvolutionByBody: { ...QUERY, temporalQ: { timerel: 'after', timeAt: '2025-01-01T00:00:00Z' } },
  addContext: { '@context': {} },
  findPerson: PERSON,
  exportPerson: PERSON,
  erasePerson: PERSON,
  restrictPerson: PERSON,
  liftRestriction: PERSON,
  revokeTokens: { issuer: 'urn:none', kind: 'token', id: 'none' },
  createRegistration: {
    type: 'ContextSourceRegistration',
    information: [{ entities: [{ type: 'Room' }] }],
    endpoint: 'http://127.0.0.1:1/ngsi-ld/v1',
  },
  updateRegistration: { description: 'Room' },
  createSubscription: {
    type: 'Subscription',
    entities: [{ type: 'Room' }],
    notification: { endpoint: { uri: 'http://127.0.0.1:1/' } },
  },
  updateSubscription: { description: 'Room' },
  createSnapshot: { type: 'Snapshot', snapshotQueries: [QUERY] },
}

/** Rules that permit these rights to a role, of anything. */
function rulesFor(role: string, rights: readonly string[]): readonly object[] {
  const subject = { role }
  return rights.flatMap((right, at): readonly object[] => {
    const [action, kind] = right.split(' ')
    const rule = { id: `${role}.${at}`, effect: 'permit', subject, action }
    if (kind !== 'entity') return [{ ...rule, resource: { kind } }]
    return [rule, { ...rule, id: `${role}.${at}.all`, resource: { class: CLASSES } }]
  })
}

describe('x-rights of the OpenAPI document', () => {
  it('are on every operation of the API', () => {
    const without = operations().filter(
      ({ path, operation }) => API.test(path) && !Array.isArray(operation['x-rights']),
    )
    expect(without.map(({ path, method }) => `${method} ${path}`)).to.deep.equal([])
  })
})

describe('rights that the OpenAPI document names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-rights-'))
  let hub: TestHub
  const tokens = new Map<string, string>()

  const nameOf = (right: string): string => right.replaceAll(' ', '-')
  /** A role with exactly these rights; each right is needed, of alternatives the first is taken. */
  const roleWith = (rights: readonly string[]): string => `with.${rights.map(nameOf).join('.') || 'none'}`
  const roleWithout = (right: string): string => `without.${nameOf(right)}`
  const asked = operations().filter(({ path }) => API.test(path))
  const needs = (operation: Readonly<Record<string, unknown>>): readonly (readonly string[])[] =>
    list(operation['x-rights'], 'x-rights').map((right) => String(right).split(' or '))
  const chosen = (operation: Readonly<Record<string, unknown>>): readonly string[] =>
    needs(operation).map(([first = '']) => first)

  before(async () => {
    const roles = new Map<string, readonly string[]>([
      ['all', RIGHTS],
      ...asked.map(({ operation }) => [roleWith(chosen(operation)), chosen(operation)] as const),
      ...RIGHTS.map((right) => [roleWithout(right), RIGHTS.filter((one) => one !== right)] as const),
    ])
    const rules = [...roles].flatMap(([role, rights]) => rulesFor(role, rights))
    const file = join(folder, 'rights.yaml')
    writeFileSync(file, stringify({ rules }, { aliasDuplicateObjects: false }))
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [file],
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [...roles.keys()].map((role) => ({ name: role, roles: [role] })),
    })
    for (const role of roles.keys()) tokens.set(role, await tokenOf(role))
    // others make no history where there is none
    const { status, text } = await hub.send('/ngsi-ld/v1/temporal/entities', {
      method: 'POST',
      body: BODIES.createTemporalEvolution,
      headers: { Authorization: `Bearer ${tokens.get('all')}` },
    })
    expect(status, text).to.equal(201)
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function tokenOf(account: string): Promise<string> {
    const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
    const { body, text } = await hub.send('/oidc/token', {
      method: 'POST',
      body: new URLSearchParams(grant).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    if (body?.access_token === undefined) throw new Error(`No token: ${text}`)
    return body.access_token
  }

  async function statusFor(
    role: string,
    { path, method, operation }: (typeof asked)[number],
  ): Promise<number> {
    const id = String(operation.operationId)
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name) =>
      name === 'attribute' ? 'temperature' : 'urn:ngsi-ld:Room:document',
    )
    const body = BODIES[id] ?? (operation.requestBody === undefined ? undefined : {})
    const request: TestRequest = {
      method: method.toUpperCase() as NonNullable<TestRequest['method']>,
      ...(body !== undefined && { body }),
      headers: { Authorization: `Bearer ${tokens.get(role)}`, 'content-type': 'application/json' },
    }
    return (await hub.send(`${url}${QUERIES[id] ?? ''}`, request)).status
  }

  it('are enough, and each of them is needed', async () => {
    const refused: string[] = []
    const open: string[] = []
    let judged = 0
    for (const one of asked) {
      const id = String(one.operation.operationId)
      if (id === 'followChanges') continue // a stream ends when nobody listens
      const good = await statusFor(roleWith(chosen(one.operation)), one)
      if (good === 401 || good === 403) refused.push(`${id}: ${good}`)
      for (const [right = '', ...others] of needs(one.operation)) {
        if (others.length > 0) continue
        const bad = await statusFor(roleWithout(right), one)
        if (bad === 403) judged++
        // what cannot be read is refused before anybody asks who it is from
        else if (bad < 400 || bad !== good) open.push(`${id} without ${right}: ${bad}`)
      }
    }
    expect(refused, 'refused to who has the rights').to.deep.equal([])
    expect(open, 'open to who lacks a right').to.deep.equal([])
    expect(judged).to.be.greaterThan(100)
  })
})
