import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect } from 'chai'
import { beginExchange } from '../../../broker/http/exchange.ts'

const begun = (url: string) => {
  const request = new IncomingMessage(new Socket())
  request.url = url
  const { path, search } = beginExchange(request, new ServerResponse(request))
  return [path, search]
}

describe('exchange', () => {
  it('tells path and query apart, as they were sent', () => {
    expect(begun('/a/b%20c?q=x?y&z')).to.deep.equal(['/a/b%20c', 'q=x?y&z'])
    expect(begun('/a')).to.deep.equal(['/a', ''])
    expect(begun('/a/../b')).to.deep.equal(['/a/../b', ''])
  })

  it('reads the whole URL that proxies send, and no fragment', () => {
    expect(begun('http://hub.example:1026/a?b=c')).to.deep.equal(['/a', 'b=c'])
    expect(begun('https://hub.example')).to.deep.equal(['/', ''])
    expect(begun('/a?b#c')).to.deep.equal(['/a', 'b'])
  })
})
