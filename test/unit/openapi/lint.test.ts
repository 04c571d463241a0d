import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect } from 'chai'
import { committedText } from './document.ts'

/** What the rules of Redocly for careful documents leave out, and the few of them that are not for this one. */
const RULES = {
  'no-invalid-schema-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'operation-singular-tag': 'error',
  'operation-tag-defined': 'error',
  'parameter-description': 'error',
  'path-params-defined': 'error',
  // the server is where the document was read
  'no-empty-servers': 'off',
  // some lead elsewhere (303)
  'operation-2xx-response': 'off',
  // which refusals an operation has is a test of its own; pages have none
  'operation-4xx-response': 'off',
  'rule/operation-id': {
    subject: { type: 'Operation', property: 'operationId' },
    assertions: { pattern: '/^[a-z][A-Za-z]+$/' },
  },
  'rule/summary': {
    subject: { type: 'Operation', property: 'summary' },
    assertions: { pattern: '/^\\p{Lu}.*[^.]$/u' },
  },
  'rule/response-description': {
    subject: { type: 'Response', property: 'description' },
    assertions: { nonEmpty: true },
  },
} as const

describe('OpenAPI document', () => {
  it('is clean by the rules of a linter', async () => {
    expect(await lint(committedText)).to.deep.equal([])
  })

  it('would not be so with a fault', async () => {
    const faulty = JSON.parse(committedText)
    const { '/health/live': live, '/hub/v1/units': units, '/hub/v1/store': store } = faulty.paths
    delete live.get.operationId
    units.get.summary = 'All units.'
    store.get.parameters = [{ name: 'unit', in: 'query', schema: { type: 'integer' }, example: 'many' }]
    faulty.components.schemas.Nothing = { type: 'object' }
    const told = await lint(JSON.stringify(faulty))
    expect(told.map((text) => text.replace(/ at .*/, '')).sort()).to.deep.equal([
      'no-invalid-parameter-examples',
      'no-unused-components',
      'operation-operationId',
      'parameter-description',
      'rule/summary',
    ])
  })
})

async function lint(source: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended-strict'], rules: RULES })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  return problems.map(
    ({ ruleId, message, location }) =>
      `${ruleId} at ${location.map(({ pointer }) => pointer).join()}: ${message}`,
  )
}
