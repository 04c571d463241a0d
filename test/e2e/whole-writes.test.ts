import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { at } from '../support/history.ts'
import type { TestRequest } from '../support/hub.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const PHONE = '0900000813'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:whole'

/** The analyst sees persons in clear and may work on one attribute; the officer may delete all but one. */
const RULES = `
rules:
  - { id: analyst.sees, effect: permit, subject: { role: analyst }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
  - { id: analyst.sees-place, effect: permit, subject: { role: analyst }, action: read, resource: { type: ServiceRequest, attribute: [location, description, statusNotes, media] } }
  - { id: analyst.works, effect: permit, subject: { role: analyst }, action: [update, delete], resource: { type: ServiceRequest, attribute: status } }
  - { id: dpo.keeps, effect: deny, subject: { role: dpo }, action: delete, resource: { attribute: requestCode } }
`

const property = (value: string) => ({ type: 'Property', value })
const report = {
  id: ID,
  type: 'ServiceRequest',
  requestCode: property('PA-0813'),
  status: at(1, 'received'),
  reporterPhone: property(PHONE),
}
const { requestCode: _, ...withoutCode } = report
const { reporterPhone: __, ...withoutPhone } = report

describe('e2e: a right on attributes is none on the entity that has them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-policies-'))
  let hubs: SecuredHubs
  before(async () => {
    const file = join(folder, 'more.yaml')
    writeFileSync(file, RULES)
    const policies = [join(packageRoot, 'config/policies/demo.yaml'), file]
    hubs = await startSecuredHubs([], { 'auth.policies': policies })
    await hubs.load([report])
  })
  after(async () => {
    await hubs.stop()
    rmSync(folder, { recursive: true })
  })

  type Method = NonNullable<TestRequest['method']>
  const send = (asker: Asker, method: Method, path: string, body?: unknown) =>
    hubs.send(hubs.city, asker, path, { method, ...(body !== undefined && { body }) })
  const entity = async () => (await send('feeds', 'GET', `${ENTITIES}/${ID}?format=simplified`)).body
  const history = async () => (await send('feeds', 'GET', `${EVOLUTIONS}/${ID}`)).text

  const refused: readonly (readonly [string, Asker, Method, string, unknown?])[] = [
    ['replaces it', 'analyst', 'PUT', `${ENTITIES}/${ID}`, { type: 'ServiceRequest', status: property('x') }],
    [
      'changes where it belongs',
      'analyst',
      'PATCH',
      `${ENTITIES}/${ID}`,
      { status: property('x'), scope: '/x' },
    ],
    [
      'makes it something else',
      'analyst',
      'PATCH',
      `${ENTITIES}/${ID}`,
      { type: 'Device', status: property('x') },
    ],
    ['deletes it', 'analyst', 'DELETE', `${ENTITIES}/${ID}`],
    ['purges it', 'analyst', 'DELETE', `${ENTITIES}?type=ServiceRequest&id=${ID}`],
    ['deletes its history', 'analyst', 'DELETE', `${EVOLUTIONS}/${ID}`],
    ['erases its history', 'analyst', 'DELETE', `/hub/v1/history?id=${ID}&all=true`],
    [
      'provides where it belonged',
      'analyst',
      'POST',
      EVOLUTIONS,
      { id: ID, type: 'ServiceRequest', scope: '/x' },
    ],
    ['deletes what it must keep with it', 'dpo', 'DELETE', `${ENTITIES}/${ID}`],
    ['purges what it must keep with it', 'dpo', 'DELETE', `${ENTITIES}?type=ServiceRequest&id=${ID}`],
    ['deletes the history of that', 'dpo', 'DELETE', `${EVOLUTIONS}/${ID}`],
    ['erases the history of that', 'dpo', 'DELETE', `/hub/v1/history?id=${ID}&all=true`],
    ['erases the history of that by type', 'dpo', 'DELETE', '/hub/v1/history?type=ServiceRequest&all=true'],
  ]
  for (const [what, asker, method, path, body] of refused)
    it(`${asker} never ${what}`, async () => {
      const before = [await entity(), await history()]
      const { status, text } = await send(asker, method, path, body)
      expect(status === 207 ? JSON.parse(text).errors[0].error.status : status, text).to.equal(403)
      expect([await entity(), await history()]).to.deep.equal(before)
    })

  for (const [asker, what, body] of [
    ['analyst', 'what it may not change', withoutCode],
    ['operator.thai-nguyen', 'what it does not see in clear', withoutPhone],
  ] as const)
    it(`${asker} takes nothing away by leaving out ${what}`, async () => {
      const before = await entity()
      const { status, text } = await send(asker, 'POST', `${BATCH}/upsert`, [body])
      expect(status, text).to.equal(207)
      expect(JSON.parse(text).errors[0].error.status, text).to.equal(403)
      expect(await entity()).to.deep.equal(before)
    })

  it('what is asked for and permitted goes on', async () => {
    const patched = await send('analyst', 'PATCH', `${ENTITIES}/${ID}/attrs/status`, at(2, 'open'))
    expect(patched.status, patched.text).to.equal(204)
    const merged = await send('analyst', 'PATCH', `${ENTITIES}/${ID}`, { status: at(3, 'closed') })
    expect(merged.status, merged.text).to.equal(204)
    const updated = await send('operator.thai-nguyen', 'POST', `${BATCH}/upsert?options=update`, [
      { id: ID, type: 'ServiceRequest', status: at(4, 'open') },
    ])
    expect(updated.status, updated.text).to.equal(204)
    const erased = await send('analyst', 'DELETE', `/hub/v1/history?id=${ID}&attrs=status`)
    expect([erased.status, erased.body.entities], erased.text).to.deep.equal([200, 1])
    const dropped = await send('dpo', 'DELETE', `${ENTITIES}?type=ServiceRequest&id=${ID}&drop=reporterPhone`)
    expect(dropped.status, dropped.text).to.equal(204)
    expect(await entity())
      .to.deep.include({ requestCode: 'PA-0813' })
      .and.not.have.property('reporterPhone')
  })
})

describe('e2e: who may not create makes no tenant', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
  })
  after(() => hubs.stop())

  const ways: readonly (readonly [string, string, unknown, number])[] = [
    ['an entity', ENTITIES, report, 403],
    ['a batch of creations', `${BATCH}/create`, [report], 207],
    ['a batch of upserts', `${BATCH}/upsert`, [report], 207],
    ['history', EVOLUTIONS, { ...report, status: [at(1, 'received')] }, 403],
  ]
  for (const [title, path, body, status] of ways) {
    it(`by ${title}`, async () => {
      const tenant = `made-by-${status}-${path.split('/').at(-1)?.toLowerCase()}`
      const headers = { ...hubs.as('public'), 'NGSILD-Tenant': tenant }
      const answer = await hubs.city.send(path, { method: 'POST', body, headers })
      expect(answer.status).to.equal(status)
      expect(answer.text).to.not.include('"success":["urn')
      expect(await hubs.city.running.store.tenants()).to.not.include(tenant)
    })
  }
})
