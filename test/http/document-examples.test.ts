import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { stringify } from 'yaml'
import { packageRoot } from '../../ontology/package-root.ts'
import { CLASSES, KINDS } from '../../security/policy/policy-schema.ts'
import { demoToken } from '../e2e/secured-hubs.ts'
import { type DocumentExample, documentOperations } from '../support/document-examples.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { differences, type Names } from '../support/like-example.ts'

/** Answers that are documents, or numbers of the process: an example would be a copy of them, or say nothing. */
const NOT_REPEATED = [
  'metrics',
  'retrieveStoreSize',
  'clientModule',
  'portalPage',
  'overview',
  'guideIndexPage',
  'guidePage',
  'ontologyIndexPage',
  'ontologyTermPage',
  'workbenchPage',
  'accessPage',
  'subscriptionsPage',
  'statusPage',
  'searchPage',
  'searchEntries',
  'console',
  'referencePage',
  'openApiDocument',
  'ontologyTypePage',
  'ontologyTurtle',
  'ontologyLinkedData',
  'ontologyShapes',
  'ontologyTypes',
  'ontologyPage',
  'ontologyContext',
  'ontologyVocabulary',
  'ontologyAdministrativeUnits',
  'ontologyCityScopes',
  'ontologySchema',
]
/** Members that differ from one process to the next, or from one day to the next. */
const OF_PROCESS = new Set([
  'milliseconds',
  'latencyMs',
  'bytes',
  'rows',
  'contextSourceUptime',
  'kid',
  'keyId',
  'files',
  'commit',
  'hoursLeft',
  'overdue',
])
const CREATES = /^(?:create|save|add|import|receive|batchCreate|batchUpsert)/

const ACCOUNT = { name: 'administrator', roles: ['administrator'], organisation: 'province' }
const ACTIONS = ['read', 'create', 'update', 'delete']
const permit = { effect: 'permit', subject: { role: ['administrator', 'feed'] }, action: ACTIONS }
const POLICY = {
  description: 'An administrator who may do everything',
  rules: [
    { id: 'administrator.entities', ...permit },
    { id: 'administrator.values', ...permit, resource: { class: [...CLASSES] } },
    { id: 'administrator.rest', ...permit, resource: { kind: KINDS.filter((kind) => kind !== 'entity') } },
  ],
}

/** The order of a story: what is created, what is done with it, what is deleted again, the last first. */
function inOrder(examples: readonly DocumentExample[]): readonly DocumentExample[] {
  const of = (part: (example: DocumentExample) => boolean): readonly DocumentExample[] =>
    examples.filter(part)
  const creates = ({ operationId, status }: DocumentExample): boolean =>
    CREATES.test(operationId) && status < 400
  const deletes = ({ method }: DocumentExample): boolean => method === 'DELETE'
  return [
    ...of(creates),
    ...of((example) => !creates(example) && !deletes(example)),
    ...[...of(deletes)].reverse(),
  ]
}

/** Of lines an example is the first one. */
function toldIn(text: string, shown: unknown): unknown {
  return typeof shown === 'string' ? text : JSON.parse(text.split('\n', 1)[0] ?? '')
}

/** A stream does not end: it is read until it has told something. */
async function firstEvent(url: string, headers: Readonly<Record<string, string>>): Promise<TestAnswer> {
  const reading = new AbortController()
  const answer = await fetch(url, { headers, signal: reading.signal })
  let text = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (/^data: .*\n\n/m.test(text)) break
  }
  reading.abort()
  const event = text.split('\n\n').find((each) => each.includes('data: ')) ?? ''
  return { status: answer.status, headers: {}, body: undefined, text: `${event}\n\n` }
}

describe('examples of the OpenAPI document', () => {
  const operations = documentOperations()
  const names: Names = new Map()
  let hub: TestHub
  let headers: Readonly<Record<string, string>>
  before(async () => {
    const policies = join(mkdtempSync(join(tmpdir(), 'hub-policies-')), 'administrator.yaml')
    writeFileSync(policies, stringify(POLICY, { aliasDuplicateObjects: false }))
    hub = await startTestHub({
      name: 'thai-nguyen',
      city: 'thai-nguyen',
      'auth.mode': 'required',
      'auth.policies': [policies],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [ACCOUNT],
      feeds: [{ file: join(packageRoot, 'adapters/feeds/traffic-counts/feed.yaml') }],
    })
    headers = { Authorization: `Bearer ${await demoToken(hub, ACCOUNT.name)}` }
  })
  after(() => hub.stop())

  it('are there for every operation, and every parameter of a path', () => {
    const without = operations.filter(({ examples }) => examples.length === 0)
    expect(without.map(({ operationId }) => operationId)).to.deep.equal([])
    const bare = operations.filter((operation) => operation.bare.length > 0)
    expect(bare.map(({ operationId, bare: parameters }) => `${operationId}: ${parameters}`)).to.deep.equal([])
  })

  it('show what is answered', () => {
    const told = operations.filter(
      ({ operationId, examples }) =>
        !NOT_REPEATED.includes(operationId) &&
        !examples.some(({ status, answer }) => answer !== undefined || [201, 204, 303].includes(status)),
    )
    expect(told.map(({ operationId }) => operationId)).to.deep.equal([])
  })

  for (const example of inOrder(operations.flatMap(({ examples }) => examples)))
    it(`${example.operationId}: ${example.name} is answered ${example.status}`, async () => {
      const here = (text: string): string =>
        [...names].reduce((changed, [name, actual]) => changed.replaceAll(name, actual), text)
      const { method, body } = example
      const all = { ...headers, ...example.headers }
      const answer =
        example.operationId === 'followChanges'
          ? await firstEvent(`${hub.url}${here(example.path)}`, all)
          : await hub.send(here(example.path), {
              method,
              headers: all,
              ...(body !== undefined && { body: here(body) }),
            })
      expect(answer.status, answer.text).to.equal(example.status)
      const { location } = answer.headers
      const shown = {
        ...(example.location !== undefined && { Location: example.location }),
        ...(example.answer !== undefined && { body: example.answer }),
      }
      const told = {
        ...(example.location !== undefined && { Location: location }),
        ...(example.answer !== undefined && { body: answer.body ?? toldIn(answer.text, example.answer) }),
      }
      expect(differences(shown, told, { names, ofProcess: OF_PROCESS })).to.deep.equal([])
    })
})
