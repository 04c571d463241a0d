import { expect } from 'chai'
import { KINDS } from '../../security/policy/policy-schema.ts'
import { useApi } from '../support/api.ts'
import type { TestRequest } from '../support/hub.ts'

const PERSON = { identifiers: ['phone:0900000417'] }
const CONSENT = {
  ...PERSON,
  purpose: 'research',
  classes: ['basic'],
  givenAt: '2026-02-13T02:00:00Z',
  method: 'written',
  evidence: 'ab'.repeat(32),
}
const RECORD = {
  id: `seed.${'0'.repeat(32)}`,
  feed: 'seed',
  reason: 'unmapped',
  detail: 'Status is not in the table',
  input: 'a.json',
  encoding: 'utf-8',
  raw: '{}',
}
const QUESTION = { as: { roles: ['dpo'] }, action: 'read', resource: 'entity' }

describe('bodies of /hub/v1 are held to the OpenAPI document', () => {
  const api = useApi()
  const PERSONS = '/hub/v1/privacy'

  type Row = readonly [method: TestRequest['method'], path: string, body: unknown, says: string]
  const rows: readonly Row[] = [
    ['POST', `${PERSONS}/requests`, [], 'Body must be object'],
    ['POST', `${PERSONS}/requests`, PERSON, 'Body has no member right'],
    ['POST', `${PERSONS}/requests`, { ...PERSON, right: 'forget' }, 'Body member /right is none of access, '],
    [
      'POST',
      `${PERSONS}/requests`,
      { ...PERSON, right: 'access', receivedAt: 'today' },
      'Body member /receivedAt must match format "date-time"',
    ],
    [
      'POST',
      `${PERSONS}/requests`,
      { ...PERSON, right: 'access', by: 1 },
      'Body has a member by, which is not known here',
    ],
    ...Object.keys(CONSENT).map((name): Row => {
      const { [name as keyof typeof CONSENT]: _, ...rest } = CONSENT
      return ['POST', `${PERSONS}/consents`, rest, `Body has no member ${name}`]
    }),
    [
      'POST',
      `${PERSONS}/consents`,
      { ...CONSENT, classes: [] },
      'Body member /classes must NOT have fewer than 1 items',
    ],
    ['PATCH', `${PERSONS}/breaches/x`, {}, 'Body must NOT have fewer than 1 properties'],
    ['POST', `${PERSONS}/assessments`, { feed: '' }, 'Body has no member startedAt'],
    ['POST', `${PERSONS}/find`, {}, 'Body has no member identifiers'],
    [
      'POST',
      `${PERSONS}/find`,
      { ...PERSON, request: 'x' },
      'Body is of more than one of the shapes that it may have',
    ],
    ['POST', `${PERSONS}/restrict`, { ...PERSON, purpose: 1 }, 'Body member /purpose must be string'],
    [
      'POST',
      '/hub/v1/revocations',
      { issuer: 'x', kind: 'all', id: 'x' },
      'Body member /kind is none of token, ',
    ],
    ['POST', '/hub/v1/identity/keys', { withdraw: 'yes' }, 'Body member /withdraw must be boolean'],
    [
      'POST',
      '/hub/v1/policies/explain',
      { ...QUESTION, as: { assurance: 4 } },
      'Body member /as/assurance must be <= 3',
    ],
    ['PUT', '/hub/v1/feeds/seed', { counters: 1 }, 'Body member /counters must be object'],
    ['PUT', '/hub/v1/feeds/seed/checkpoints/a', { retainDays: 0 }, 'Body member /retainDays must be >= 1'],
    ['POST', '/hub/v1/quarantine', [RECORD, { ...RECORD, raw: 1 }], 'Body member /1/raw must be string'],
    [
      'POST',
      '/hub/v1/quarantine',
      { ...RECORD, feed: 'another' },
      'Record has an id that is not of its feed',
    ],
    [
      'PUT',
      '/hub/v1/subscriptions/urn:x:1/delivery',
      { templates: '$' },
      'Body has a member templates, which is not known here',
    ],
  ]
  for (const [method, path, body, says] of rows) {
    it(`${method} ${path}: ${says}`, async () => {
      const answer = await api.hub.send(path, { ...(method && { method }), body })
      await api.refused(answer, 400, 'BadRequestData')
      expect(answer.body.detail.startsWith(says), answer.text).to.equal(true)
      if (says.includes(' member /')) expect(answer.body.pointer).to.equal(says.split(' ')[2])
    })
  }

  it('names member and rule, and repeats no value', async () => {
    const answer = await api.write('POST', `${PERSONS}/find`, {
      identifiers: ['phone:canary-1', { canary: 2 }],
    })
    await api.refused(answer, 400, 'BadRequestData', /^Body member \/identifiers\/1 must be string$/)
    expect(answer.text).not.to.contain('canary')
  })

  it('lets pass what fits: every kind of things that policies speak of may be asked about', async () => {
    for (const resource of KINDS) {
      const { status, text } = await api.write('POST', '/hub/v1/policies/explain', { ...QUESTION, resource })
      expect(status, `${resource}: ${text}`).to.equal(200)
    }
  })
})
