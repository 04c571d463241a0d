import { expect } from 'chai'
import { JsonArrival } from '../../../broker/federation/forward/json-arrival.ts'

/** Parses a text that arrives in pieces of so many bytes. */
async function arrive(text: string, size: number): Promise<unknown> {
  const arrival = new JsonArrival()
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) await arrival.add(bytes.subarray(at, at + size))
  return arrival.end()
}

/** Answers what came of a text, or that it was refused. */
const outcome = (text: string, size: number) => arrive(text, size).catch((error) => error.name)

describe('JSON while it arrives', () => {
  const filler = (length: number) => 'x'.repeat(length)
  const long = Array.from({ length: 3000 }, (_, at) => ({
    id: `urn:b:${at}`,
    text: `"${'\\'.repeat(at % 5)}", [ấm 🚲 ${filler(at % 300)}]`,
    nested: [[at], { a: [','] }],
  }))
  const values: readonly [string, unknown][] = [
    ['a short array', [1, [2], { a: ',' }]],
    ['an object', { id: 'urn:b:1', list: [1, 2] }],
    ['a long object', { id: 'urn:b:1', list: long }],
    ['a long array', long],
    ['a long array of texts and numbers', [...long.map(({ text }) => text), 1, null, true]],
    ['an element that is longer than all others', [1, filler(700_000), 2, filler(200_000)]],
  ]
  for (const [title, value] of values) {
    it(`is what it is as a whole: ${title}`, async () => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 1)]) {
        for (const size of [997, 65_536, 10_000_000])
          expect(JSON.stringify(await arrive(text, size))).to.equal(JSON.stringify(value))
      }
    })
  }

  it('is nothing where nothing arrives', async () => {
    expect(await arrive('', 1)).to.equal(undefined)
  })

  const many = JSON.stringify(Array.from({ length: 100_000 }, (_, at) => at)).slice(1, -1)
  const broken: readonly [string, string][] = [
    ['cut in the middle', `[${many}`],
    ['closed too early', `[${many}],${many}]`],
    ['followed by something', `[${many}]x`],
    ['with a comma at the end', `[${many},]`],
    ['with a comma at the beginning', `[,${many}]`],
    ['with two commas', `[${many},,${many}]`],
    ['closed by the wrong bracket', `[${many}}`],
    ['with a faulty element', `[${many},{"a":},${many}]`],
    ['with an element that lacks its end', `[${many},{"a":1,${many}]`],
    ['of spaces', '   '],
  ]
  for (const [title, text] of broken) {
    it(`is refused: ${title}`, async () => {
      for (const size of [997, 65_536]) expect(await outcome(text, size)).to.equal('SyntaxError')
    })
  }
})
