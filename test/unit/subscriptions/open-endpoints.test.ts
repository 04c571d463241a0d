import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { auditedNotifications } from '../../../broker/main/audited-notifications.ts'
import { checkCarriage } from '../../../broker/operations/subscriptions/check-carriage.ts'
import { NO_COUNTERS } from '../../../broker/store/port/store.ts'
import { travelsOpen } from '../../../security/egress/travels-open.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'

const OPEN = ['http://example.org/n', 'mqtt://example.org/topic', 'http://10.0.0.7/n']
const CLOSED = [
  'https://example.org/n',
  'mqtts://example.org/topic',
  'http://127.0.0.1:9/n',
  'http://[::1]/n',
]
const PHONE = 'https://example.org/phone'

describe('endpoints without TLS', () => {
  it('are those beyond this machine', () => {
    expect(OPEN.filter(travelsOpen)).to.deep.equal(OPEN)
    expect(CLOSED.filter(travelsOpen)).to.deep.equal([])
  })

  const seen = (clear: boolean) => ({
    ...OPEN_CALLER,
    view: () => ({
      ...OPEN_CALLER.view(DEFAULT_TENANT),
      personal: (_: readonly string[], name: string) =>
        name === PHONE ? ({ class: 'basic', clear } as const) : undefined,
    }),
  })
  const counters = () =>
    Promise.resolve({ ...NO_COUNTERS, attributes: new Map([[PHONE, new Map([['Report', 2]])]]) })
  const refusal = (uri: string, clear: boolean, more: { plainHttp?: boolean; type?: string } = {}) =>
    checkCarriage(
      { store: { counters }, plainHttp: more.plainHttp ?? false },
      { caller: seen(clear), tenant: DEFAULT_TENANT },
      { uri, parsed: { entities: [{ types: { kind: 'type', type: more.type ?? 'Report' } }] } },
    ).then(
      () => undefined,
      (error: { readonly code: string }) => error.code,
    )

  it('are refused to whoever would be sent personal data in clear', async () => {
    expect(await refusal(OPEN[0] ?? '', true)).to.equal('Forbidden')
    for (const [uri, clear, more] of [
      [CLOSED[0], true, {}],
      [CLOSED[2], true, {}],
      [OPEN[0], false, {}],
      [OPEN[0], true, { plainHttp: true }],
      [OPEN[0], true, { type: 'Lamp' }],
    ] as const)
      expect(await refusal(uri ?? '', clear, more), `${uri} ${clear} ${JSON.stringify(more)}`).to.equal(
        undefined,
      )
  })

  it('are sent nothing of it later either', async () => {
    const shown: unknown[] = []
    const told = (clear: object, uri: string) =>
      auditedNotifications(
        (notice) => {
          notice.disclose?.({ subjects: ['a'], entities: 1, clear, masked: {} })
          return Promise.resolve({} as never) // what is sent plays no part
        },
        {
          audit: { shown: (record) => Promise.resolve(void shown.push(record)) },
          delegate: () => OPEN_CALLER,
          plainHttp: false,
        },
      )({ tenant: '', subscription: { id: 's', delegation: {}, endpoint: { uri } } } as never).then(
        // the rest plays none
        () => 'sent',
        (error: Error) => error.message,
      )
    expect(await told({ basic: 1 }, OPEN[0] ?? '')).to.contain('personal data in clear')
    expect(shown).to.deep.equal([])
    expect(await told({}, OPEN[0] ?? '')).to.equal('sent')
    expect(await told({ basic: 1 }, CLOSED[0] ?? '')).to.equal('sent')
  })
})
