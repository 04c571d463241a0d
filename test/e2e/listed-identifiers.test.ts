import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { type EntityDocument, report, reportId } from './leak-entities.ts'
import { IDENTIFIERS, plain } from './personal-identifiers.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const folder = process.env.HUB_TEST_DATA ?? ''
const title = folder === '' ? ' (SKIPPED: HUB_TEST_DATA names no folder with the list)' : ''

interface Row {
  readonly at: number
  readonly name: string
  readonly example: string
  /** The whole value; absent where only its field tells what it is. */
  readonly pattern?: RegExp
}

/** Rows of the domain's list of identifiers. */
function readRows(): readonly Row[] {
  const rows: readonly Readonly<Record<string, string>>[] = parse(
    readFileSync(join(folder, 'domain/pii.csv'), 'utf8'),
    { columns: true },
  )
  return rows.map(({ identifier: name = '', regex = '', example_fictional: example = '' }, at) => ({
    at,
    name,
    example,
    ...(regex.startsWith('^') && { pattern: new RegExp(regex, 'u') }),
  }))
}

/** A report that holds the example of a row, in sentences like those of our own identifier of that kind. */
function reportOf({ at, name, example }: Row): EntityDocument {
  const own = IDENTIFIERS[at]
  const text = own?.text.includes(own.value) ? own.text.replace(own.value, example) : example
  return report(at, { name, value: example, text, ...(own?.fieldOnly && { fieldOnly: true }) })
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) yield* textsIn(item)
  }
}

describe(`e2e: the domain's list of personal identifiers${title}`, () => {
  let hubs: SecuredHubs
  let rows: readonly Row[]

  before(async function () {
    if (folder === '') return this.skip()
    rows = readRows()
    hubs = await startSecuredHubs()
    const body = rows.map(reportOf)
    await hubs.load(body)
  })
  after(() => hubs?.stop())

  it('has a row for each kind that our own identifiers are of', () => {
    expect(rows).to.have.length(IDENTIFIERS.length)
    for (const { at, name, pattern } of rows) {
      if (pattern) expect(IDENTIFIERS[at]?.value, name).to.match(pattern)
    }
  })

  const ASKERS: readonly Asker[] = ['analyst', 'operator.thai-nguyen', 'operator.song-cong', 'public']
  for (const place of ['city', 'province'] as const) {
    for (const asker of ASKERS) {
      it(`shows ${asker} at the ${place} no example, and nothing of its form`, async () => {
        const leaks: string[] = []
        for (const row of rows) {
          const { status, body } = await hubs.send(
            hubs[place],
            asker,
            `/ngsi-ld/v1/entities/${reportId(row.at)}`,
          )
          expect(status).to.equal(200)
          const { id: _, ...members } = body
          for (const text of textsIn(members)) if (tells(row, text)) leaks.push(`${row.name}: ${text}`)
        }
        expect(leaks).to.deep.equal([])
      })
    }
  }

  it('shows the data-protection officer each example', async () => {
    for (const row of rows.filter(({ example }) => example !== '-')) {
      const { text } = await hubs.send(hubs.province, 'dpo', `/ngsi-ld/v1/entities/${reportId(row.at)}`)
      expect(text).to.include(row.example)
    }
  })
})

function tells({ example, pattern }: Row, text: string): boolean {
  const found = example !== '-' && plain(text).includes(plain(example))
  return found || pattern?.test(text) === true
}
