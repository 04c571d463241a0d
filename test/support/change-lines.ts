import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import type { TestAnswer, TestRequest } from './hub.ts'

export const CHANGES = '/hub/v1/changes'

/** A line of the change feed. */
export interface Line {
  readonly after: string
  readonly more?: true
  readonly collection: string
  readonly action: string
  readonly at: string
  readonly id: string
  readonly type: string
  readonly changed: readonly {
    readonly attribute: string
    readonly action: string
    readonly datasetId?: string
  }[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly entity: any
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly notification: any
}

/** What one answer of the feed says. */
export interface Told {
  readonly changes: readonly Line[]
  /** Token of the last line. */
  readonly after: string
  readonly more: boolean
  readonly text: string
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
const document = JSON.parse(readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8'))
ajv.addSchema({ $id: 'openapi', ...document })
const isChange = ajv.compile({ $ref: 'openapi#/components/schemas/Change' })

/** Checks a change against the OpenAPI document. */
export function checkChange(change: unknown): void {
  expect(isChange(change), ajv.errorsText(isChange.errors)).to.equal(true)
}

/** Reads an answer of the feed, which has to be one. */
export function toldBy({ status, headers, text }: TestAnswer): Told {
  expect(status, text).to.equal(200)
  expect(headers['content-type']).to.equal('application/x-ndjson')
  const lines: Line[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const line of lines) checkChange(line)
  const last = lines.at(-1)
  expect(Object.keys(last ?? {}).filter((name) => name !== 'more')).to.deep.equal(['after'])
  return { changes: lines.slice(0, -1), after: last?.after ?? '', more: last?.more ?? false, text }
}

/** Says what an answer tells, in short. */
export function short({ changes }: Pick<Told, 'changes'>): readonly string[] {
  return changes.map(({ action, id, changed = [] }) =>
    [
      action,
      id.split(':').at(-1),
      ...changed.map(({ attribute, action: what }) => `${attribute} ${what}`),
    ].join(' '),
  )
}

/** Answers who asks the feed. */
export function feedReader(
  send: (path: string, request?: TestRequest) => Promise<TestAnswer>,
): (query?: string, headers?: Readonly<Record<string, string>>) => Promise<Told> {
  return async (query = '', headers = {}) => toldBy(await send(`${CHANGES}?${query}`, { headers }))
}
