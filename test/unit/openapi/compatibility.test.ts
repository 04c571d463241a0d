import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { lastReleased } from '../../../ontology/build/released.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { writeChangelog } from '../../../openapi/build/changelog.ts'
import { changesBetween, incompatibilities } from '../../../openapi/build/compatibility.ts'
import { type Contract, contractOf } from '../../../openapi/build/contract.ts'
import { document } from './document.ts'

const released = lastReleased<Contract>(join(packageRoot, 'openapi/released'))

interface Parts {
  readonly version?: string
  readonly parameters?: readonly object[]
  readonly body?: object | null
  readonly entity?: object
  readonly answers?: object
  readonly more?: object
  readonly other?: object
}

const LIMIT = { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 0 } }
const ENTITY = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string' }, level: { type: 'string', enum: ['low', 'high'] } },
}
const ref = { $ref: '#/components/schemas/Entity' }
const ok = {
  200: { description: 'Well', headers: { ETag: {} }, content: { 'application/json': { schema: ref } } },
}

/** A small document, other than usual in some parts. */
function contract({ version = '1.0.0', ...parts }: Parts = {}): Contract {
  const { parameters = [LIMIT], body = ref, entity = ENTITY, answers = ok, more = {}, other = {} } = parts
  const requestBody = body && { content: { 'application/json': { schema: body } } }
  return contractOf({
    info: { version },
    paths: {
      '/things': {
        get: { operationId: 'queryThings', parameters, responses: answers, ...more },
        post: { operationId: 'createThing', ...(requestBody && { requestBody }), responses: { 201: {} } },
      },
      ...other,
    },
    components: { schemas: { Entity: entity } },
  })
}

function withLevel(level: object): object {
  return { ...ENTITY, properties: { ...ENTITY.properties, level } }
}

const BEFORE = contract()
const json = (schema: object): object => ({
  200: { ...ok[200], content: { 'application/json': { schema } } },
})

describe('OpenAPI document: compatibility with what was released', () => {
  it('holds for the document', () => {
    expect(Object.keys(released.operations).length).to.be.greaterThan(100)
    expect(incompatibilities(released, contractOf(document))).to.deep.equal([])
  })

  it('is told on the page of changes', () => {
    const page = readFileSync(join(packageRoot, 'docs/guide/api-changes.md'), 'utf8')
    const made = writeChangelog(page, released, contractOf(document))
    expect(made === page, 'run `npm run openapi` and commit what it writes').to.equal(true)
  })

  const breaks: readonly [what: string, parts: Parts, change: string][] = [
    [
      'another operationId',
      { more: { operationId: 'listThings' } },
      'GET /things: operationId is listThings after queryThings',
    ],
    ['a parameter removed', { parameters: [] }, 'GET /things, query limit is removed'],
    [
      'a parameter that is required',
      { parameters: [{ ...LIMIT, required: true }] },
      'GET /things, query limit is required',
    ],
    [
      'a required parameter added',
      { parameters: [LIMIT, { name: 'type', in: 'query', required: true, schema: {} }] },
      'GET /things, query type is added and required',
    ],
    [
      'a narrower parameter',
      { parameters: [{ ...LIMIT, schema: { type: 'integer', minimum: 1 } }] },
      'GET /things, query limit: minimum is 1 after 0',
    ],
    [
      'another type of a parameter',
      { parameters: [{ ...LIMIT, schema: { type: 'string', minimum: 0 } }] },
      'GET /things, query limit: type is string after integer',
    ],
    ['no body any more', { body: null }, 'POST /things takes no body any more'],
    ['another status', { answers: { 203: ok[200] } }, 'GET /things, 200 is answered no more'],
    [
      'another media type',
      { answers: { 200: { headers: { ETag: {} }, content: { 'text/csv': { schema: {} } } } } },
      'GET /things, 200 is there as application/json no more',
    ],
    [
      'a header gone',
      { answers: { 200: { content: ok[200].content } } },
      'GET /things, 200 has no header ETag any more',
    ],
    [
      'a member that is required in requests',
      { entity: { ...ENTITY, required: ['id', 'level'] } },
      'Schema Entity in requests: level is required',
    ],
    [
      'a member that may be absent in answers',
      { entity: { ...ENTITY, required: [] } },
      'Schema Entity in answers: id may be absent',
    ],
    [
      'fewer values in requests',
      { entity: withLevel({ type: 'string', enum: ['low'] }) },
      'Schema Entity in requests: level loses high',
    ],
    [
      'any value in answers',
      { entity: withLevel({ type: 'string' }) },
      'Schema Entity in answers: level may be any value',
    ],
    [
      'members that are taken no more',
      { entity: { ...ENTITY, additionalProperties: false } },
      'Schema Entity in requests: * is taken no more',
    ],
    [
      'another alternative in answers',
      { answers: json({ oneOf: [ref, { type: 'array', items: ref }] }) },
      'GET /things, 200 (application/json): may be array',
    ],
  ]
  for (const [what, parts, change] of breaks) {
    it(`is broken by ${what}`, () => {
      const after = contract(parts)
      expect(textsOf(changesBetween(BEFORE, after), true)).to.include(change)
      expect(incompatibilities(BEFORE, contract({ ...parts, version: '1.1.0' })).join()).to.include(
        `${change}: that needs version 2.0.0`,
      )
      expect(incompatibilities(BEFORE, contract({ ...parts, version: '2.0.0' }))).to.deep.equal([])
    })
  }

  const additions: readonly [what: string, parts: Parts, change: string][] = [
    [
      'an operation',
      { other: { '/more': { get: { operationId: 'readMore' } } } },
      'GET /more is added (`readMore`)',
    ],
    [
      'a parameter',
      { parameters: [LIMIT, { name: 'q', in: 'query', schema: {} }] },
      'GET /things, query q is added',
    ],
    ['a wider parameter', { parameters: [{ ...LIMIT, schema: { type: ['integer', 'string'] } }] }, ''],
    ['another status beside', { answers: { ...ok, 206: {} } }, 'GET /things may answer 206'],
    [
      'a value more',
      { entity: withLevel({ type: 'string', enum: ['low', 'high', 'top'] }) },
      'Schema Entity in answers: level may be top',
    ],
    [
      'a member more',
      { entity: { ...ENTITY, properties: { ...ENTITY.properties, name: { type: 'string' } } } },
      'Schema Entity in requests: name is added',
    ],
    ['a name for what was written in place', { answers: json({ allOf: [ref] }) }, ''],
    ['a narrower type of an answer', { answers: json({ ...ENTITY, required: ['id', 'level'] }) }, ''],
  ]
  for (const [what, parts, change] of additions) {
    it(`is kept by ${what}, with another second number`, () => {
      const changes = changesBetween(BEFORE, contract(parts))
      expect(textsOf(changes, true)).to.deep.equal([])
      expect(textsOf(changes)).to.deep.include.members(change === '' ? [] : [change])
      const same = incompatibilities(BEFORE, contract({ ...parts, version: '1.0.1' }))
      expect(same.length).to.equal(change === '' ? 0 : 1)
      expect(incompatibilities(BEFORE, contract({ ...parts, version: '1.1.0' }))).to.deep.equal([])
    })
  }

  it('does not notice words, and no order', () => {
    const after = contract({
      parameters: [{ schema: LIMIT.schema, description: 'How many', in: 'query', name: 'limit' }],
      more: { summary: 'Other words', 'x-kind': 'list' },
    })
    expect(changesBetween(BEFORE, after)).to.deep.equal([])
    expect(incompatibilities(BEFORE, after)).to.deep.equal([])
    expect(incompatibilities(contract({ version: '2.0.0' }), after)).to.have.lengthOf(1)
  })
})

describe('Changelog of the API', () => {
  const added = contract({ version: '1.1.0', answers: { ...ok, 206: {} } })
  const broken = contract({ version: '2.0.0', parameters: [] })

  it('tells of each version once, the newest first, what breaks before what is new', () => {
    const first = writeChangelog('', BEFORE, added)
    expect(first).to.match(/## 1\.1\.0\n\n\*\*New\*\*\n\n- GET \/things may answer 206\n$/)
    expect(writeChangelog(first, BEFORE, added)).to.equal(first)
    expect(writeChangelog(first, added, added)).to.equal(first)
    const second = writeChangelog(first, added, broken)
    expect(second.match(/^## .*/gm)).to.deep.equal(['## 2.0.0', '## 1.1.0'])
    expect(second).to.match(/\*\*Breaks callers\*\*\n\n(- .*\n)*- GET \/things, query limit is removed\n/)
  })

  it('forgets a version that was never released', () => {
    const first = writeChangelog('', BEFORE, added)
    expect(writeChangelog(first, BEFORE, broken).match(/^## .*/gm)).to.deep.equal(['## 2.0.0'])
  })
})

function textsOf(changes: ReturnType<typeof changesBetween>, breaking = false): readonly string[] {
  return changes.filter(({ breaks }) => !breaking || breaks).map(({ text }) => text)
}
