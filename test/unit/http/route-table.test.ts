import { expect } from 'chai'
import type { Route } from '../../../broker/http/route.ts'
import { routeTable } from '../../../broker/http/route-table.ts'

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  body: 'none',
  handle: () => Promise.resolve({ status: 204 }),
})

describe('route table', () => {
  const find = routeTable([
    route('GET', '/v1/things'),
    route('POST', '/v1/things'),
    route('GET', '/v1/things/:id'),
    route('DELETE', '/v1/things/:thing/parts/:part'),
    route('GET', '/v1/things/all'),
    route('PUT', '/v1/things/all/parts'),
  ])
  const found = (method: string, path: string) => {
    const match = find(path)?.route(method)
    return match && [match.route.path, match.params]
  }

  it('finds a route by its segments, with or without a slash at the end', () => {
    expect(found('GET', '/v1/things')).to.deep.equal(['/v1/things', {}])
    expect(found('POST', '/v1/things/')).to.deep.equal(['/v1/things', {}])
    expect(found('DELETE', '/v1/things/a/parts/b')).to.deep.equal([
      '/v1/things/:thing/parts/:part',
      { thing: 'a', part: 'b' },
    ])
  })

  it('reads HEAD as GET, and tells the methods of a path', () => {
    expect(found('HEAD', '/v1/things/x')).to.deep.equal(['/v1/things/:id', { id: 'x' }])
    expect([...(find('/v1/things')?.methods ?? [])].sort()).to.deep.equal(['GET', 'HEAD', 'POST'])
    expect(found('PATCH', '/v1/things')).to.equal(undefined)
  })

  it('prefers what a route names, and goes back where that leads nowhere', () => {
    expect(found('GET', '/v1/things/all')).to.deep.equal(['/v1/things/all', {}])
    expect(found('DELETE', '/v1/things/all/parts/p')).to.deep.equal([
      '/v1/things/:thing/parts/:part',
      { thing: 'all', part: 'p' },
    ])
  })

  it('decodes parameters once, and leaves what is not well-formed', () => {
    expect(found('GET', '/v1/things/a%2Fb%2520c')?.[1]).to.deep.equal({ id: 'a/b%20c' })
    expect(found('GET', '/v1/things/100%')?.[1]).to.deep.equal({ id: '100%' })
    expect(found('GET', '/v1/things/__proto__')?.[1]).to.deep.equal({ id: '__proto__' })
  })

  it('finds nothing for other paths, and takes no empty segment for a value', () => {
    for (const path of ['/', '/v1', '/v2/things', '/v1/things//', '/v1/things/a/parts', '/v1/things/a//b'])
      expect(find(path), path).to.equal(undefined)
  })
})
