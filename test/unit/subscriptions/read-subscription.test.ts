import { expect } from 'chai'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { parseProjection } from '../../../broker/core/query/parse-projection.ts'
import { parseQ } from '../../../broker/core/query/parse-q.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import { decodeSubscription } from '../../../broker/operations/subscriptions/decode-subscription.ts'
import { readSubscription, sealSecrets } from '../../../broker/subscriptions/read-subscription.ts'
import type { StoredSubscription } from '../../../broker/subscriptions/stored-subscription.ts'
import type { Subscription } from '../../../broker/subscriptions/subscription.ts'
import { createSeal } from '../../../security/seal.ts'
import { table } from '../query/builders.ts'

const now = parseDateTime('2026-01-01T00:00:00Z') ?? 0
const seal = createSeal(Buffer.from('a secret of a hub'), 'subscription')
const delegation = { claims: { subject: 'ash', roles: ['analyst'] } }
const uri = 'mqtt://city:oak-tree@broker.example/topic'
const endpoint = { uri, receiverInfo: [{ key: 'Authorization', value: 'Bearer birch-tree' }] }
const plain = { uri: 'http://receiver.example/' }

const keptIn = { tenant: DEFAULT_TENANT, collection: 'subscription' } as const

/** The document as it comes back from a store. */
function kept(body: JsonObject): JsonObject {
  const { members, parsed, endpoint } = decodeSubscription(
    { type: 'Subscription', ...body },
    { table, now, collection: 'subscription' },
  )
  if (!endpoint) throw new Error('no endpoint')
  const id = 'urn:s:1'
  const stored: StoredSubscription = {
    ...{ id, owner: 'ash', createdAt: now, modifiedAt: now, since: now, delegatedUntil: now + 5 },
    members,
    parsed,
    sealed: sealSecrets({ ...endpoint, delivery: { template: '$' }, delegation }, { id, ...keptIn }, seal),
  }
  return JSON.parse(JSON.stringify(stored))
}

function read(body: JsonObject): Subscription {
  const subscription = readSubscription(kept(body), keptIn, seal)
  if (!subscription) throw new Error('not readable')
  return subscription
}

describe('stored subscriptions', () => {
  it('come back as they were decoded, without any @context', () => {
    const subscription = read({
      entities: [
        { type: '(Bus;Electric),Tram', idPattern: 'urn:b:.*' },
        { type: 'Ferry', id: 'urn:f:1' },
      ],
      watchedAttributes: ['speed'],
      notificationTrigger: ['entityCreated', 'entityUpdated'],
      q: 'speed>10;colour~="^re"|kind==a',
      expandValues: 'kind',
      geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [105.8, 21.5] },
      scopeQ: '/city/#',
      csf: 'quality>3',
      datasetId: ['urn:d:1', '@none'],
      lang: 'vi',
      expiresAt: '2099-01-01T00:00:00Z',
      isActive: false,
      jsonldContext: 'https://example.org/context.jsonld',
      ngsildConformance: '1.5',
      throttling: 0.5,
      notification: {
        endpoint: { ...endpoint, accept: 'application/geo+json', timeout: 2000, cooldown: 100 },
        pick: ['id', 'line{name,stop}'],
        omit: ['type'],
        format: 'keyValues',
        join: 'flat',
        joinLevel: 2,
        sysAttrs: true,
      },
    })
    expect(subscription).to.deep.equal({
      id: 'urn:s:1',
      owner: 'ash',
      since: now,
      delegatedUntil: now + 5,
      isActive: false,
      expiresAt: parseDateTime('2099-01-01T00:00:00Z'),
      query: {
        selectors: [
          { types: parseTypeSelection('(Bus;Electric),Tram', table), idPattern: 'urn:b:.*' },
          { types: parseTypeSelection('Ferry', table), ids: ['urn:f:1'] },
        ],
        q: parseQ('speed>10;colour~="^re"|kind==a', { table, expandValues: ['kind'] }),
        geo: {
          relation: 'near',
          maxDistance: 500,
          geometry: { type: 'Point', coordinates: [105.8, 21.5] },
          property: LOCATION,
        },
        scope: parseScopeQuery('/city/#'),
        csf: parseQ('quality>3', { table }),
      },
      watchedAttributes: new Set([table.expand('speed')]),
      triggers: new Set(['entityCreated', 'attributeCreated', 'attributeUpdated', 'attributeDeleted']),
      throttling: 500_000,
      endpoint: {
        ...endpoint,
        accept: 'application/geo+json',
        timeoutMs: 2000,
        cooldownMs: 100,
        notifierInfo: [],
      },
      options: {
        format: 'simplified',
        sysAttrs: true,
        lang: 'vi',
        datasetIds: ['urn:d:1', '@none'],
        pick: parseProjection('id,line{name,stop}', table),
        omit: parseProjection('type', table),
        version: 5,
      },
      showChanges: false,
      join: { mode: 'flat', level: 2 },
      jsonldContext: 'https://example.org/context.jsonld',
      delivery: { template: '$' },
      delegation,
    })
  })

  it('have the defaults of the standard where they say nothing', () => {
    expect(
      read({ entities: [{ type: '*' }], timeInterval: 5, notification: { endpoint: plain } }),
    ).to.deep.equal({
      id: 'urn:s:1',
      owner: 'ash',
      since: now,
      delegatedUntil: now + 5,
      isActive: true,
      query: { selectors: [{ types: { kind: 'any' } }] },
      triggers: new Set(['attributeCreated', 'attributeUpdated']),
      timeInterval: 5_000_000,
      endpoint: { ...plain, accept: 'application/json', receiverInfo: [], notifierInfo: [] },
      options: { format: 'normalized' },
      showChanges: false,
      delivery: { template: '$' },
      delegation,
    })
  })

  it('keep id, type and scope besides the deprecated attributes', () => {
    const { pick } = read({
      entities: [{ type: 'Bus' }],
      notification: { endpoint: plain, attributes: ['speed'] },
    }).options
    expect([...(pick?.members ?? [])]).to.include.members(['id', 'type', 'scope'])
    expect([...(pick?.attributes.keys() ?? [])]).to.deep.equal([table.expand('speed')])
  })

  it('show no secret in the store, and open for no other hub, tenant, collection or document', () => {
    const document = kept({ entities: [{ type: 'Bus' }], notification: { endpoint } })
    expect(JSON.stringify(document)).not.to.match(/oak-tree|birch-tree|analyst/)
    const foreign = createSeal(Buffer.from('another secret'), 'subscription')
    const cursor = createSeal(Buffer.from('a secret of a hub'), 'cursor')
    expect(readSubscription(document, keptIn, foreign)).to.equal(undefined)
    expect(readSubscription(document, keptIn, cursor)).to.equal(undefined)
    const elsewhere = [{ tenant: parseTenant('other') }, { collection: 'registrationSubscription' }] as const
    for (const other of elsewhere)
      expect(readSubscription(document, { ...keptIn, ...other }, seal)).to.equal(undefined)
    expect(readSubscription({ ...document, id: 'urn:s:2' }, keptIn, seal)).to.equal(undefined)
  })
})
