import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'
import type { TestAnswer } from '../support/hub.ts'

describe('5.5.9 Pagination Behaviour', () => {
  const api = useApi({ 'context.default': 'core', 'limits.page': 3, 'limits.maxPage': 6 })
  before(async () => {
    const rooms = Array.from({ length: 7 }, (_, at) => ({ id: `urn:p:${at}`, type: 'Room', level: at }))
    await api.write('POST', `${OPERATIONS}/create`, rooms)
  })
  const page = (text: string) => api.send(`${ENTITIES}?type=Room&${text}`)
  const linked = ({ headers }: TestAnswer, relation: string): string | undefined =>
    new RegExp(`<([^>]+)>; rel="${relation}"`).exec(String(headers.link))?.[1]
  const idsOf = ({ body }: TestAnswer): readonly string[] => body.map(({ id }: { id: string }) => id)

  it('leads through all entities by next links, each once', async () => {
    const seen: string[] = []
    let path: string | undefined = `${ENTITIES}?type=Room&limit=2`
    for (let pages = 0; path !== undefined; pages++) {
      expect(pages).to.be.lessThan(4)
      const answer: TestAnswer = await api.send(path)
      seen.push(...idsOf(answer))
      path = linked(answer, 'next')
    }
    expect(seen).to.have.length(7)
    expect(new Set(seen)).to.have.property('size', 7)
  })

  it('leads back and forth by offsets for a client that sent one', async () => {
    const middle = await page('limit=2&offset=2')
    expect(idsOf(await api.send(linked(middle, 'next') ?? ''))).to.deep.equal(
      idsOf(await page('limit=2&offset=4')),
    )
    expect(idsOf(await api.send(linked(middle, 'prev') ?? ''))).to.deep.equal(
      idsOf(await page('limit=2&offset=0')),
    )
    expect(linked(middle, 'next')).to.include('offset=4')
  })

  it('has no prev on the first page and no next on the last', async () => {
    const first = await page('limit=4&offset=0')
    expect([linked(first, 'prev'), typeof linked(first, 'next')]).to.deep.equal([undefined, 'string'])
    const last = await page('limit=4&offset=4')
    expect([linked(last, 'next'), typeof linked(last, 'prev')]).to.deep.equal([undefined, 'string'])
    const only = await page('limit=6&q=level<3')
    expect([linked(only, 'next'), linked(only, 'prev')]).to.deep.equal([undefined, undefined])
  })

  it('answers as many as the standard page holds when no limit is given', async () => {
    const answer = await page('')
    expect(answer.body).to.have.length(3)
    expect(linked(answer, 'next')).to.be.a('string')
  })

  it('refuses a limit above the most, and says what the most is', async () => {
    expect((await page('limit=6')).body).to.have.length(6)
    await api.refused(page('limit=7'), 403, 'TooManyResults', /6/)
  })

  it('answers an empty array beyond the end', async () => {
    const answer = await page('limit=2&offset=100')
    expect([answer.status, answer.body]).to.deep.equal([200, []])
    expect(linked(answer, 'next')).to.equal(undefined)
  })

  it('keeps its place while entities come and go', async () => {
    const first = await page('limit=2')
    await api.send(`${ENTITIES}/${idsOf(first)[0]}`, { method: 'DELETE' })
    const second = await api.send(linked(first, 'next') ?? '')
    expect(idsOf(second)).to.not.include.members(idsOf(first))
    expect(idsOf(second)).to.deep.equal(['urn:p:2', 'urn:p:3'])
  })

  it('refuses the place of another query', async () => {
    const next = linked(await page('limit=2'), 'next') ?? ''
    await api.refused(api.send(next.replace('type=Room', 'type=Hall')), 400, 'BadRequestData')
    await api.refused(api.send(next.replace(/after=[^&]+/, 'after=AAAA')), 400, 'BadRequestData')
  })
})
