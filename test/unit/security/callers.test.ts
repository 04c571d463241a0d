import { expect } from 'chai'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../../broker/core/model/tenant.ts'
import { type Callers, createCallers } from '../../../security/callers.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import type { PolicySet } from '../../../security/policy/rule.ts'
import { createLocalTokens, type LocalTokens } from '../../../security/tokens/local-tokens.ts'
import type { Revocation, Revocations } from '../../../security/tokens/revocations.ts'
import { createTokenVerifier } from '../../../security/tokens/token-verifier.ts'
import { entity } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const POLICIES = `rules:
  - { id: staff, effect: permit, subject: { role: staff }, action: [read, create] }
  - { id: staff.basic, effect: permit, subject: { role: staff }, action: read, resource: { class: basic } }
  - { id: hub, effect: permit, subject: { role: hub }, action: [read, create], resource: { kind: registration } }
  - { id: hub.open, effect: permit, subject: { role: hub }, action: read, resource: { type: Device } }
  - { id: slow, effect: permit, subject: [{ role: staff }, { role: hub }], action: read, resource: { type: Device, tenant: slow }, obligations: { limit: { requests: 9, per: hour } } }
  - { id: delegated, effect: permit, subject: { role: hub.on-behalf }, action: read, resource: { type: [Device, ServiceRequest] } }
`
const RATE = { id: 'caller', kind: 'caller', requests: 4, seconds: 2 } as const
const RULED = { id: 'rule slow', kind: 'policy', requests: 9, seconds: 3600 }
const ISSUER = 'https://issuer.example.org'
const NOW = 1_760_000_000_000_000
const report = entity()
const device = entity({ types: ['Device'] })
const weather = entity({ types: ['WeatherObserved'] })

async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action()
    return 'none'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

describe('security: createCallers', () => {
  const egress = createEgress({ mode: 'open' })
  let callers: Callers
  let local: LocalTokens
  let inForce: PolicySet
  let sign: (claims: JWTPayload) => Promise<string>
  let now = NOW
  const followers: ((revocation: Revocation) => void)[] = []

  before(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk: JWK = await exportJWK(publicKey)
    sign = (claims) =>
      new SignJWT({ iss: ISSUER, aud: 'urn:hub', sub: 'somebody', exp: 4_000_000_000, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .sign(privateKey)
    local = createLocalTokens()
    inForce = loadPolicies([{ name: 'test.yaml', text: POLICIES }], vocabulary)
    const revocations: Pick<Revocations, 'isRevoked' | 'isDisowned' | 'follow'> = {
      isRevoked: () => false,
      isDisowned: () => false,
      follow: (told) => void followers.push(told),
    }
    callers = createCallers({
      verifier: createTokenVerifier({
        issuers: [{ issuer: ISSUER, audience: 'urn:hub', keys: () => ({ keys: [{ kty: 'EC', ...jwk }] }) }],
        egress,
        clock: () => now,
        revocations,
      }),
      revocations,
      clock: () => now,
      local,
      policies: () => inForce,
      keys: createMaskKeys({ secret: Buffer.alloc(32, 3) }),
      rate: RATE,
    })
  })
  after(() => egress.close())

  const bearer = async (claims: JWTPayload) => `Bearer ${await sign(claims)}`

  it('takes a request without token as anonymous', async () => {
    const caller = await callers.of({})
    expect(caller).to.include({ anonymous: true, key: 'anonymous' })
    expect(caller.token).to.equal(undefined)
    expect(caller.view(DEFAULT_TENANT).admits(report)).to.equal(false)
    expect(await codeOf(() => caller.check('read', DEFAULT_TENANT, { resource: 'entity' }))).to.equal(
      'Unauthorized',
    )
  })

  for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'abc']) {
    it(`refuses “${authorization}” as authorization`, async () => {
      expect(await codeOf(() => callers.of({ authorization }))).to.equal('Unauthorized')
    })
  }

  it('answers a caller with rights, view, name, token and a key that does not tell who it is', async () => {
    const authorization = await bearer({ role: ['staff'], account: 'dpo' })
    const caller = await callers.of({ authorization })
    expect(caller).to.deep.include({
      anonymous: false,
      name: 'dpo',
      roles: ['staff'],
      token: authorization.slice(7),
    })
    expect(caller.key).to.match(/^[0-9a-f]{24}$/)
    expect(caller.key).to.equal((await callers.of({ authorization: await bearer({ role: [] }) })).key)
    expect(caller.view(DEFAULT_TENANT).treatment(report.types, iri('reporterName'))).to.equal('clear')
    caller.check('create', DEFAULT_TENANT, { resource: 'entity' })
    expect(await codeOf(() => caller.check('delete', DEFAULT_TENANT, { resource: 'entity' }))).to.equal(
      'Forbidden',
    )
  })

  it('knows who sent a token before, until it ends, and by its purpose and the rules in force', async () => {
    const authorization = await bearer({ role: ['staff'], exp: NOW / 1_000_000 + 60, purpose: ['a', 'b'] })
    const other = await bearer({ sub: 'another' })
    expect(callers.known(authorization)).to.equal(undefined)
    const [caller, another] = [
      await callers.of({ authorization }),
      await callers.of({ authorization: other }),
    ]
    expect(callers.known(authorization)).to.equal(caller)
    expect(callers.known(authorization)).to.equal(caller)
    expect(callers.known(other)).to.equal(another)
    expect(callers.known(authorization, 'b')?.purpose).to.equal('b')
    expect(callers.known(authorization, 'c')).to.equal(undefined)
    const before = inForce
    inForce = { ...inForce, generation: 'other' }
    expect(callers.known(authorization)).not.to.equal(caller)
    inForce = before
    now += 59_000_000
    expect(callers.known(authorization)?.key).to.equal(caller.key)
    now += 60_000_000
    expect(callers.known(authorization)).to.equal(undefined)
    now = NOW
    expect(callers.known(authorization)?.key).to.equal(caller.key)
    for (const told of followers) told({ issuer: ISSUER, kind: 'subject', id: 'somebody' })
    expect(callers.known(authorization)).to.equal(undefined)
    expect(callers.known(other)).to.equal(another)
  })

  it('compiles a view once for callers with equal rights', async () => {
    const [one, other] = await Promise.all(
      ['1', '2'].map(async (sub) => callers.of({ authorization: await bearer({ sub, role: ['staff'] }) })),
    )
    expect(one?.view(DEFAULT_TENANT)).to.equal(other?.view(DEFAULT_TENANT))
    expect(one?.key).not.to.equal(other?.key)
  })

  it('judges a caller that goes on by the policies that are in force now', async () => {
    const before = inForce
    const caller = await callers.of({ authorization: await bearer({ role: ['staff'] }) })
    const view = caller.view(DEFAULT_TENANT)
    expect(view.admits(report)).to.equal(true)
    inForce = loadPolicies([], vocabulary)
    expect(caller.view(DEFAULT_TENANT).admits(report)).to.equal(false)
    inForce = before
    expect(caller.view(DEFAULT_TENANT)).to.equal(view)
  })

  it('judges a token that it has judged before by the policies that are in force now', async () => {
    const authorization = await bearer({ role: ['staff'] })
    const create = async () =>
      (await callers.of({ authorization })).check('create', DEFAULT_TENANT, { resource: 'entity' })
    const before = inForce
    expect(await codeOf(create)).to.equal('none')
    inForce = loadPolicies([], vocabulary)
    expect(await codeOf(create)).to.equal('Forbidden')
    inForce = before
    expect(await codeOf(create)).to.equal('none')
  })

  describe('with rights by role, purpose, tenant, type, attribute and action', () => {
    const RULES = `rules:
  - { id: works, effect: permit, subject: { role: staff, purpose: repair }, action: [read, update], resource: { type: Device, tenant: north } }
  - { id: not, effect: deny, subject: { any: true }, action: update, resource: { attribute: status } }
`
    let before: PolicySet
    beforeEach(() => {
      before = inForce
      inForce = loadPolicies([{ name: 'test.yaml', text: RULES }], vocabulary)
    })
    afterEach(() => {
      inForce = before
    })

    it('keeps them apart, in whatever order it is asked', async () => {
      const [one, stranger, other] = await Promise.all(
        [
          { role: ['staff'], purpose: 'repair' },
          { role: [], purpose: 'repair' },
          { role: ['staff'], purpose: 'x' },
        ].map(async (claims) => callers.of({ authorization: await bearer(claims) })),
      )
      const north = parseTenant('north')
      const device = { resource: 'entity', types: [iri('Device')], attributes: [iri('note')] } as const
      const CASES = [
        [one, 'update', north, device, 'none'],
        [stranger, 'update', north, device, 'Forbidden'],
        [other, 'update', north, device, 'Forbidden'],
        [one, 'update', DEFAULT_TENANT, device, 'Forbidden'],
        [one, 'update', north, { ...device, types: [iri('ServiceRequest')] }, 'Forbidden'],
        [one, 'update', north, { ...device, attributes: [iri('status')] }, 'Forbidden'],
        [one, 'create', north, device, 'Forbidden'],
        [one, 'read', north, { ...device, attributes: [iri('status')] }, 'none'],
      ] as const
      for (const cases of [CASES, [...CASES].reverse(), CASES]) {
        for (const [at, [caller, action, tenant, target, code]] of cases.entries()) {
          expect(await codeOf(() => caller?.check(action, tenant, target)), `case ${at}`).to.equal(code)
        }
      }
    })

    it('judges a snapshot by the tenant it was taken from', async () => {
      const caller = await callers.of({ authorization: await bearer({ role: ['staff'], purpose: 'repair' }) })
      const device = { resource: 'entity', types: [iri('Device')] } as const
      caller.check('update', hiddenTenant(parseTenant('north'), 'copy'), device)
      const elsewhere = () => caller.check('update', hiddenTenant(DEFAULT_TENANT, 'copy'), device)
      expect(await codeOf(elsewhere)).to.equal('Forbidden')
    })
  })

  it('holds callers to the rate of each and to those of rules, hubs to those of rules, and itself to none', async () => {
    const slow = parseTenant('slow')
    const staff = await callers.of({ authorization: await bearer({ role: ['staff'] }) })
    expect(staff.rates?.(DEFAULT_TENANT)).to.deep.equal([RATE])
    expect(staff.rates?.(slow)).to.deep.equal([RATE, RULED])
    expect((await callers.of({})).rates?.(slow)).to.deep.equal([RATE])
    const authorization = await bearer({ sub: 'hub', role: ['hub'] })
    expect((await callers.of({ authorization })).rates?.(slow)).to.deep.equal([RULED])
    const onBehalfOf = await bearer({ role: ['staff'] })
    const user = await callers.of({ authorization, onBehalfOf })
    expect(user.rates?.(DEFAULT_TENANT)).to.deep.equal([])
    expect(user.rates?.(slow)).to.deep.equal([RULED])
    const feed = await callers.of({ authorization: `Bearer ${local.issue('feed', ['staff'])}` })
    expect(feed.rates).to.equal(undefined)
  })

  it('does not hand on the secrets of this process', async () => {
    const caller = await callers.of({ authorization: `Bearer ${local.issue('feed', ['staff'])}` })
    expect(caller.roles).to.deep.equal(['staff'])
    expect(caller.token).to.equal(undefined)
  })

  describe('between hubs', () => {
    it('shows a hub in its own name open data and sources only', async () => {
      const caller = await callers.of({ authorization: await bearer({ role: ['hub'] }) })
      const view = caller.view(DEFAULT_TENANT)
      expect(view.admits(device)).to.equal(true)
      expect(view.admits(report)).to.equal(false)
      caller.check('create', DEFAULT_TENANT, { resource: 'registration' })
    })

    it('takes the end user as caller, narrowed by what hubs may do for their users', async () => {
      const user = await sign({ sub: 'user', role: ['staff'], account: 'u' })
      const caller = await callers.of({
        authorization: await bearer({ role: ['hub'], sub: 'peer' }),
        onBehalfOf: user,
      })
      const direct = await callers.of({ authorization: `Bearer ${user}` })
      expect(caller).to.deep.include({ key: direct.key, name: 'u', roles: ['staff'], token: user })
      const view = caller.view(DEFAULT_TENANT)
      expect(view.admits(report)).to.equal(true)
      expect(view.admits(weather), 'hubs may not').to.equal(false)
      expect(direct.view(DEFAULT_TENANT).admits(weather)).to.equal(true)
      expect(view.treatment(report.types, iri('reporterName'))).to.equal('clear')
      caller.check('read', DEFAULT_TENANT, { resource: 'entity', types: [iri('ServiceRequest')] })
      const create = () =>
        caller.check('create', DEFAULT_TENANT, { resource: 'entity', types: [iri('ServiceRequest')] })
      expect(await codeOf(create)).to.equal('Forbidden')
      const register = () => caller.check('create', DEFAULT_TENANT, { resource: 'registration' })
      expect(await codeOf(register), 'the user may not').to.equal('Forbidden')
    })

    it('takes a user’s token from hubs only, and only a good one', async () => {
      const user = await sign({ role: ['staff'] })
      const staff = await bearer({ role: ['staff'] })
      const hub = await bearer({ role: ['hub'] })
      expect(await codeOf(() => callers.of({ authorization: staff, onBehalfOf: user }))).to.equal('Forbidden')
      expect(await codeOf(() => callers.of({ onBehalfOf: user }))).to.equal('Unauthorized')
      expect(await codeOf(() => callers.of({ authorization: hub, onBehalfOf: 'x' }))).to.equal('Unauthorized')
      const secret = local.issue('feed', ['staff'])
      expect(await codeOf(() => callers.of({ authorization: hub, onBehalfOf: secret }))).to.equal(
        'Unauthorized',
      )
    })

    it('lets no token claim the role of a delegation', async () => {
      const caller = await callers.of({ authorization: await bearer({ role: ['hub.on-behalf'] }) })
      expect(caller.roles).to.deep.equal([])
      expect(caller.view(DEFAULT_TENANT).admits(report)).to.equal(false)
    })
  })

  it('opens everything for hubs without access control', () => {
    expect(callers.open.view(DEFAULT_TENANT).unrestricted).to.equal(true)
    callers.open.check('delete', DEFAULT_TENANT, { resource: 'policy' })
  })
})
