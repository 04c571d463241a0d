import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../support/free-port.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { clientToken } from './secured-hubs.ts'

const API = '/ngsi-ld/v1'
const ENTITIES = `${API}/entities`
const SECRET = 'secret-of-a-client'
const EVERYTHING = `
  - { id: ROLE, effect: permit, subject: { role: ROLE }, action: [read, create, update, delete] }
  - { id: ROLE.clear, effect: permit, subject: { role: ROLE }, action: read, resource: { class: [none, basic, sensitive, children, unclassified] } }
`
/** At the province officers may do everything; what they may not is the city's alone to say. */
const PROVINCE = `
description: The province has no secrets from its officers
rules:
${EVERYTHING.replaceAll('ROLE', 'chief')}
${EVERYTHING.replaceAll('ROLE', 'officer')}
${EVERYTHING.replaceAll('ROLE', 'clerk')}
  - { id: clerk.phones, effect: mask, method: redact, subject: { role: clerk }, action: read, resource: { attribute: phone } }
  - { id: registers, effect: permit, subject: { role: chief }, action: [read, create, update, delete], resource: { kind: registration } }
`
const CITY = `
description: The city hides from officers phones, places, secret cases and what lies in a secret scope
rules:
${EVERYTHING.replaceAll('ROLE', 'chief')}
${EVERYTHING.replaceAll('ROLE', 'officer')}
${EVERYTHING.replaceAll('ROLE', 'clerk')}
${EVERYTHING.replaceAll('ROLE', 'hub.on-behalf')}
  - { id: officer.phones, effect: mask, method: redact, subject: { role: officer }, action: read, resource: { attribute: [phone, location] } }
  - { id: officer.codes, effect: mask, method: partial, subject: { role: [officer, clerk] }, action: read, resource: { attribute: code } }
  - { id: officer.writes, effect: deny, subject: { role: officer }, action: [create, update, delete], resource: { attribute: [phone, location] } }
  - { id: officer.secret, effect: deny, subject: { role: officer }, action: [read, create, update, delete], resource: { idPattern: "urn:ngsi-ld:Case:secret-.*" } }
  - { id: officer.scope, effect: deny, subject: { role: officer }, action: read, resource: { scope: /secret } }
`
const ROLES = ['chief', 'officer', 'clerk'] as const
type Role = (typeof ROLES)[number]

const id = (name: string) => `urn:ngsi-ld:Case:${name}`
const property = (value: unknown) => ({ type: 'Property', value })
const place = (coordinates: readonly number[]) => ({
  type: 'GeoProperty',
  value: { type: 'Point', coordinates },
})
const PHONE = '0900000417'
const OTHER_PHONE = '0900000529'
const WRONG_PHONE = '0900000638'
const PLACE = [105.84, 21.59]
const WRONG_PLACE = [105.99, 21.99]

function caseOf(name: string, members: object): object {
  return { id: id(name), type: 'Case', status: property('open'), code: property('AB-1234-XY'), ...members }
}

/** Filters with a guess about what the city hides. */
const GUESSES: readonly string[] = [
  'q=phone=="{phone}"',
  'q=phone!="{phone}"',
  'q=phone~="{phone}"',
  'q=!phone|phone=="{phone}"',
  'q=phone>="{phone}"',
  'q=phone=="{phone}"&count=true&limit=0',
  'q=phone=="{phone}"&limit=1&offset=0&count=true',
  'q=phone=="{phone}"|status=="open"&limit=1&offset=1&count=true',
  'q=phone=="{phone}"&splitEntities=true',
  'q=phone=="{phone}"|status=="none"&splitEntities=true&count=true',
  'q=phone=="{phone}"&pick=id,status',
  'q=phone=="{phone}"&attrs=phone',
  'q=phone=="{phone}"&entityMap=true',
  'q=phone=="{phone}"&orderBy=phone',
  'q=phone=="{phone}"&idPattern=.*',
  `q=phone=="{phone}"&id=${id('one')}`,
  'q=phone=="{phone}"&options=sysAttrs&format=concise',
  'georel=near;maxDistance==50&geometry=Point&coordinates={place}',
  'georel=near;minDistance==50&geometry=Point&coordinates={place}&count=true',
  'georel=near;maxDistance==50&geometry=Point&coordinates={place}&splitEntities=true',
]

/** Writes whose answers could tell whether there is an entity. */
const WRITES: readonly (readonly [string, (name: string) => readonly [string, TestRequest]])[] = [
  ['retrieve', (name) => [`${ENTITIES}/${id(name)}`, {}]],
  ['append', (name) => [`${ENTITIES}/${id(name)}/attrs`, { method: 'POST', body: { status: 1 } }]],
  [
    'append where there is nothing',
    (name) => [
      `${ENTITIES}/${id(name)}/attrs?options=noOverwrite`,
      { method: 'POST', body: { status: property(1) } },
    ],
  ],
  ['update', (name) => [`${ENTITIES}/${id(name)}/attrs`, { method: 'PATCH', body: { status: property(1) } }]],
  [
    'partial update',
    (name) => [`${ENTITIES}/${id(name)}/attrs/status`, { method: 'PATCH', body: { value: 1 } }],
  ],
  [
    'replace attribute',
    (name) => [`${ENTITIES}/${id(name)}/attrs/status`, { method: 'PUT', body: property(1) }],
  ],
  ['delete attribute', (name) => [`${ENTITIES}/${id(name)}/attrs/status`, { method: 'DELETE' }]],
  ['merge', (name) => [`${ENTITIES}/${id(name)}`, { method: 'PATCH', body: { status: property(1) } }]],
  [
    'replace',
    (name) => [
      `${ENTITIES}/${id(name)}`,
      { method: 'PUT', body: { id: id(name), type: 'Case', status: property(1) } },
    ],
  ],
  ['delete', (name) => [`${ENTITIES}/${id(name)}`, { method: 'DELETE' }]],
  [
    'batch update',
    (name) => [
      `${API}/entityOperations/update`,
      { method: 'POST', body: [{ id: id(name), type: 'Case', status: property(1) }] },
    ],
  ],
  [
    'batch merge',
    (name) => [
      `${API}/entityOperations/merge`,
      { method: 'POST', body: [{ id: id(name), type: 'Case', status: property(1) }] },
    ],
  ],
  ['batch delete', (name) => [`${API}/entityOperations/delete`, { method: 'POST', body: [id(name)] }]],
  ['purge', (name) => [`${ENTITIES}?type=Case&id=${id(name)}&keep=status`, { method: 'DELETE' }]],
]
/** These are allowed in no space in which there is something to hide. */
const CREATIONS: typeof WRITES = [
  [
    'create',
    (name) => [ENTITIES, { method: 'POST', body: { id: id(name), type: 'Case', status: property(1) } }],
  ],
  [
    'batch create',
    (name) => [
      `${API}/entityOperations/create`,
      { method: 'POST', body: [{ id: id(name), type: 'Case', status: property(1) }] },
    ],
  ],
  [
    'batch upsert',
    (name) => [
      `${API}/entityOperations/upsert`,
      { method: 'POST', body: [{ id: id(name), type: 'Case', status: property(1) }] },
    ],
  ],
]

/** What an answer tells besides its own names of things. */
function told({ status, headers, text }: TestAnswer, ...names: readonly string[]): string {
  const { date: _, 'x-request-id': __, 'keep-alive': ___, 'content-length': ____, link, ...rest } = headers
  const next = [link].flat().join().includes('rel="next"')
  const all = JSON.stringify([status, rest, next, text])
    .replaceAll(/urn:urban-data-hub:request:[\w-]+/g, 'request')
    .replaceAll(/urn:ngsi-ld:EntityMap:[\w-]+/g, 'map')
  return names.reduce(
    (so, name) => so.replaceAll(id(name), 'it').replaceAll(encodeURIComponent(id(name)), 'it'),
    all,
  )
}

describe('e2e: the province tells nothing that a city hides from the caller', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hub-oracle-'))
  const tokens = new Map<Role, string>()
  let province: TestHub
  let city: TestHub

  before(async () => {
    writeFileSync(join(directory, 'province.yaml'), PROVINCE)
    writeFileSync(join(directory, 'city.yaml'), CITY)
    const port = await freePort()
    const endpoint = `http://127.0.0.1:${port}`
    const secret = hashOfTest(SECRET)
    province = await startTestHub({
      name: 'province',
      'context.default': 'ontology',
      'auth.mode': 'required',
      'auth.policies': [join(directory, 'province.yaml')],
      'identity.enabled': true,
      'identity.clients': ROLES.map((role) => ({ id: role, secret, roles: [role] })),
      'egress.allow': [endpoint],
      'federation.sources': [{ name: 'city', endpoint, types: ['Case'] }],
    })
    city = await startTestHub({
      name: 'city',
      'context.default': 'ontology',
      'listen.port': port,
      'auth.mode': 'required',
      'auth.policies': [join(directory, 'city.yaml')],
      'auth.issuers': [{ issuer: `${province.url}/oidc` }],
      'egress.allow': [province.url],
    })
    for (const role of ROLES) tokens.set(role, await clientToken(province, { id: role, secret: SECRET }))
    const path = `${API}/csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:city`
    const operations = ['federationOps', 'redirectionOps']
    const { status, text } = await as('chief', province, path, { method: 'PATCH', body: { operations } })
    expect(status, text).to.equal(204)
    const loaded = await as('chief', city, `${API}/entityOperations/create`, {
      method: 'POST',
      body: [
        caseOf('one', { phone: property(PHONE), location: place(PLACE) }),
        caseOf('two', { phone: property(OTHER_PHONE), location: place([105.85, 21.6]) }),
        caseOf('bare', {}),
        caseOf('full', { phone: property(PHONE) }),
        caseOf('secret-1', {}),
        caseOf('hidden-1', { scope: '/secret', onlyHere: property(1) }),
      ],
    })
    expect(loaded.status, loaded.text).to.equal(201)
  })
  after(async () => {
    await province.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const as = (role: Role, hub: TestHub, path: string, request: TestRequest = {}) =>
    hub.send(path, {
      ...request,
      headers: { Authorization: `Bearer ${tokens.get(role)}`, ...request.headers },
    })
  const ask = (role: Role, search: string) => as(role, province, `${ENTITIES}?${search}`)
  const ids = ({ body }: TestAnswer) => body.map(({ id }: { id: string }) => id.split(':').at(-1))

  const filled = (template: string, phone: string, [x, y]: readonly number[]) =>
    `type=Case&${template
      .replaceAll('{phone}', phone)
      .replaceAll('{place}', JSON.stringify([x, y]))
      .split('&')
      .map((pair) => pair.replace(/=(.*)$/, (_, value: string) => `=${encodeURIComponent(value)}`))
      .join('&')}`
  const pair = async (role: Role, template: string) => [
    told(await ask(role, filled(template, PHONE, PLACE))),
    told(await ask(role, filled(template, WRONG_PHONE, WRONG_PLACE))),
  ]

  it('has each of these told to whom the city hides nothing', async () => {
    const silent: string[] = []
    for (const template of GUESSES) {
      const [right, wrong] = await pair('chief', template)
      if (right === wrong) silent.push(template)
    }
    // what is at several hubs is not ordered, and every case is open
    expect(silent.filter((each) => !/orderBy|"open"/.test(each))).to.deep.equal([])
  })

  it('by filters, counts, pages, maps and places', async () => {
    const telling: string[] = []
    for (const template of GUESSES) {
      const [right, wrong] = await pair('officer', template)
      if (right !== wrong) telling.push(template)
    }
    expect(telling).to.deep.equal([])
  })

  it('by a query in a body', async () => {
    for (const members of [{}, { splitEntities: true }]) {
      const query = async (phone: string) =>
        told(
          await as('officer', province, `${API}/entityOperations/query?count=true`, {
            method: 'POST',
            body: { type: 'Query', entities: [{ type: 'Case' }], q: `phone=="${phone}"`, ...members },
          }),
        )
      expect(await query(PHONE)).to.equal(await query(WRONG_PHONE))
    }
  })

  it('by order', async () => {
    const from = `orderFrom=${JSON.stringify(PLACE)}`
    for (const [up, down] of [
      ['orderBy=phone', 'orderBy=phone;desc'],
      [`orderBy=location;dist-asc&${from}`, `orderBy=location;dist-desc&${from}`],
    ]) {
      const order = async (role: Role, hub: TestHub, orderBy?: string) => {
        const answer = await as(role, hub, `${ENTITIES}?type=Case&id=${id('one')},${id('two')}&${orderBy}`)
        return answer.status === 200 ? ids(answer).join() : answer.body.title
      }
      expect(await order('chief', city, up), 'somebody sees it').to.not.equal(
        await order('chief', city, down),
      )
      expect(await order('officer', province, up)).to.equal(await order('officer', province, down))
    }
  })

  it('by paging: what is hidden leaves no gap and counts for nothing', async () => {
    const found: string[] = []
    for (let offset = 0; offset < 5; offset++) {
      const page = await ask('officer', `type=Case&limit=1&offset=${offset}&count=true`)
      expect(page.headers['ngsild-results-count'], page.text).to.equal('4')
      expect(page.body.length).to.equal(offset < 4 ? 1 : 0)
      found.push(...ids(page))
    }
    expect(found).to.deep.equal(['bare', 'full', 'one', 'two'])
    expect((await ask('chief', 'type=Case&count=true&limit=0')).headers['ngsild-results-count']).to.equal('6')
  })

  it('by entity maps', async () => {
    const made = await ask('officer', 'type=Case&entityMap=true&limit=1')
    const location = [made.headers['ngsild-entitymap']].flat()[0] ?? ''
    const { body } = await as(
      'officer',
      province,
      location.startsWith('/') ? location : `${API}/entityMaps/${location}`,
    )
    expect(Object.keys(body.entityMap).map((name) => name.split(':').at(-1)))
      .to.include.members(['one', 'two'])
      .and.not.include.members(['secret-1'])
    expect(JSON.stringify(body)).to.not.match(/secret|hidden/)
  })

  it('by discovery', async () => {
    for (const path of ['types?details=true', 'types/Case', 'attributes?details=true', 'attributes']) {
      const { text } = await as('officer', province, `${API}/${path}`)
      expect(text, path).to.not.match(/phone|location/)
      expect((await as('chief', province, `${API}/${path}`)).text, path).to.match(/phone/)
    }
    const hidden = await as('officer', province, `${API}/attributes/phone`)
    const never = await as('officer', province, `${API}/attributes/never`)
    expect(told(hidden).replaceAll('phone', 'never')).to.equal(told(never))
  })

  for (const [what, hidden, never] of [
    ['that is secret by its id', 'secret-1', 'secret-0'],
    ['in a secret scope', 'hidden-1', 'hidden-0'],
  ] as const) {
    it(`by writes to an entity ${what}: there is none`, async () => {
      const telling: object[] = []
      for (const [name, request] of hidden === 'secret-1' ? [...WRITES, ...CREATIONS] : WRITES) {
        const send = async (which: string) => {
          const [path, sent] = request(which)
          return told(await as('officer', province, path, sent), hidden, never)
        }
        const [there, nowhere] = [await send(hidden), await send(never)]
        // what the province keeps of a write by itself is no matter of the city's
        await as('chief', province, `${ENTITIES}/${id(never)}?local=true`, { method: 'DELETE' })
        await as('chief', province, `${ENTITIES}/${id(hidden)}?local=true`, { method: 'DELETE' })
        if (there !== nowhere) telling.push([name, there, nowhere])
      }
      expect(telling).to.deep.equal([])
      const { body } = await as('chief', city, `${ENTITIES}/${id(hidden)}`)
      expect(body.status.value, 'it is as it was').to.equal('open')
      const path = `${ENTITIES}/${id(hidden)}/attrs/status`
      const close = async (role: Role) =>
        (await as(role, province, path, { method: 'PATCH', body: { value: `closed by ${role}` } })).status
      expect(await close('chief')).to.be.within(200, 299)
      await close('officer')
      const closed = await as('chief', city, `${ENTITIES}/${id(hidden)}`)
      expect(closed.body.status.value, 'others do reach it').to.equal('closed by chief')
    })
  }

  it('by writes of an attribute that it hides: there is none', async () => {
    const telling: object[] = []
    const phone = property(WRONG_PHONE)
    const attempts: readonly ((name: string) => readonly [string, TestRequest])[] = [
      (name) => [`${ENTITIES}/${id(name)}/attrs`, { method: 'POST', body: { phone } }],
      (name) => [`${ENTITIES}/${id(name)}/attrs?options=noOverwrite`, { method: 'POST', body: { phone } }],
      (name) => [`${ENTITIES}/${id(name)}/attrs`, { method: 'PATCH', body: { phone } }],
      (name) => [`${ENTITIES}/${id(name)}/attrs/phone`, { method: 'PATCH', body: { value: 1 } }],
      (name) => [`${ENTITIES}/${id(name)}/attrs/phone`, { method: 'PUT', body: phone }],
      (name) => [`${ENTITIES}/${id(name)}/attrs/phone`, { method: 'DELETE' }],
      (name) => [`${ENTITIES}/${id(name)}`, { method: 'PATCH', body: { phone } }],
      (name) => [
        `${API}/entityOperations/merge`,
        { method: 'POST', body: [{ id: id(name), type: 'Case', phone }] },
      ],
    ]
    for (const attempt of attempts) {
      const send = async (name: string) => {
        const [path, request] = attempt(name)
        const answer = told(await as('officer', province, path, request), 'full', 'bare')
        await as('chief', province, `${ENTITIES}/${id(name)}?local=true`, { method: 'DELETE' })
        return answer
      }
      const [there, nowhere] = [await send('full'), await send('bare')]
      if (there !== nowhere) telling.push([attempt('it')[0], there, nowhere])
    }
    expect(telling).to.deep.equal([])
    expect((await as('chief', city, `${ENTITIES}/${id('full')}`)).body.phone.value).to.equal(PHONE)
  })

  it('masks compose: neither hub loosens what the other did', async () => {
    const one = async (role: Role) =>
      (await as(role, province, `${ENTITIES}/${id('one')}?format=simplified`)).body
    const [chief, officer, clerk] = [await one('chief'), await one('officer'), await one('clerk')]
    expect(chief).to.include({ phone: PHONE, code: 'AB-1234-XY' })
    expect(officer).to.not.have.any.keys('phone', 'location')
    expect(officer.code).to.be.a('string').and.not.equal('AB-1234-XY')
    expect(clerk).to.not.have.property('phone')
    expect(clerk.code).to.equal(officer.code)
    expect(clerk.location).to.deep.equal({ type: 'Point', coordinates: PLACE })
  })

  it('what is kept of the city’s answers to one caller is nobody else’s, also when the city is away', async () => {
    const path = `${API}/csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:city`
    const management = { cacheDuration: 'PT10M' }
    const { status, text } = await as('chief', province, path, { method: 'PATCH', body: { management } })
    expect(status, text).to.equal(204)
    const search = `type=Case&id=${id('one')}&format=simplified`
    expect((await ask('chief', search)).body[0].phone).to.equal(PHONE)
    expect((await ask('officer', search)).body[0]).to.not.have.property('phone')
    expect((await ask('clerk', search)).body[0]).to.not.have.property('phone')
    expect((await ask('chief', search)).body[0].phone).to.equal(PHONE)
    await city.stop()
    const other = `type=Case&id=${id('one')},${id('two')}&format=simplified`
    expect((await ask('chief', search)).body[0].phone).to.equal(PHONE)
    expect((await ask('officer', search)).body[0]).to.not.have.property('phone')
    expect((await ask('officer', other)).body).to.deep.equal([])
    const nobody = await province.send(`${ENTITIES}?${search}`)
    expect(nobody.status === 401 || nobody.body.length === 0).to.equal(true)
  })
})
