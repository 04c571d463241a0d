import type { NgsiTransport } from '../kit/definition/transport-definition.ts'
import type { Json } from '../kit/values/json.ts'
import { httpSource, type Limits, type SourceReply, type SourceRequest } from './http-source.ts'
import { dialectOf, type NgsiDialect, type SubscriptionState, subscriptionState } from './ngsi-dialect.ts'
import { type Deliveries, SourceFault, type Transport } from './transport.ts'

const MOST_SUBSCRIPTIONS = 100

/**
 * Has another broker send what changes: looks after a subscription there, and asks for the entities as they are when some of what changed
 * may not have come: at the start of the hub, when the subscription was not there, and when the broker could not deliver.
 */
export function ngsiSubscription(
  definition: NgsiTransport & { readonly source: string },
  limits: Limits,
): Transport {
  const broker = new Broker(definition, limits)
  let [started, failed]: [boolean, string | undefined] = [false, undefined]
  return {
    pauseMs: definition.everySeconds * 1000,
    visit: async function* ({ signal }) {
      const before = await broker.find(signal)
      const whole = before?.isActive === true && !isPast(before.expires)
      if (!before) await broker.subscribe(signal)
      else if (!whole || isNear(before.expires, definition)) await broker.renew(before, signal)
      if (started && whole && (before.failure === undefined || before.failure === failed)) return
      yield* broker.entities(signal)
      started = true
      failed = before?.failure
    },
  }
}

function isPast(expires: string | undefined): boolean {
  return expires !== undefined && Date.parse(expires) <= Date.now()
}

/** More than half of the time is over. */
function isNear(expires: string | undefined, { subscriptionSeconds }: NgsiTransport): boolean {
  return expires !== undefined && Date.parse(expires) - Date.now() < (subscriptionSeconds * 1000) / 2
}

class Broker {
  readonly #definition: NgsiTransport & { readonly source: string }
  readonly #dialect: NgsiDialect
  readonly #limits: Limits
  readonly #ask: (asked: SourceRequest) => Promise<SourceReply>

  constructor(definition: NgsiTransport & { readonly source: string }, limits: Limits) {
    this.#definition = definition
    this.#dialect = dialectOf(definition.version)
    this.#limits = limits
    this.#ask = httpSource(definition, limits)
  }

  /** Finds the subscription of this feed by what it says, so that none is made twice. */
  async find(signal: AbortSignal): Promise<SubscriptionState | undefined> {
    const wish = { description: this.#description, notifyUrl: this.#definition.notifyUrl }
    for (let offset = 0; ; offset += MOST_SUBSCRIPTIONS) {
      const list = await this.#list('subscriptions', { limit: MOST_SUBSCRIPTIONS, offset }, signal)
      for (const document of list) {
        const state = subscriptionState(document, this.#dialect, wish)
        if (state) return state
      }
      if (list.length < MOST_SUBSCRIPTIONS) return undefined
    }
  }

  async subscribe(signal: AbortSignal): Promise<void> {
    const key = await this.#limits.secrets(this.#definition.key.secret)
    const wish = { description: this.#description, expires: this.#expires(), key }
    const document = this.#dialect.subscription(this.#definition, wish)
    const reply = await this.#send('POST', 'subscriptions', document, signal)
    if (reply.status !== 201) throw new SourceFault(`Broker answers ${reply.status} to a subscription`)
  }

  async renew({ id }: SubscriptionState, signal: AbortSignal): Promise<void> {
    const document = this.#dialect.renewal(this.#expires())
    const reply = await this.#send('PATCH', `subscriptions/${encodeURIComponent(id)}`, document, signal)
    if (reply.status >= 300)
      throw new SourceFault(`Broker answers ${reply.status} to the renewal of a subscription`)
  }

  /** Gives the entities as they are, in the form of notifications. */
  async *entities(signal: AbortSignal): Deliveries {
    const { entities, attributes, pageEntities: limit, maxPages } = this.#definition
    for (const { type, idPattern } of entities) {
      const asked = {
        type,
        ...(idPattern !== undefined && { idPattern }),
        ...(attributes && { attrs: attributes.join(',') }),
      }
      for (let page = 0; ; page++) {
        if (page >= maxPages) throw new SourceFault(`Broker has more than ${maxPages} pages of ${type}`)
        const data = await this.#list('entities', { ...asked, limit, offset: page * limit }, signal)
        const bytes = Buffer.from(JSON.stringify({ data }))
        if (data.length > 0) yield { inputs: [{ name: 'entities', bytes, repeatable: true }] }
        if (data.length < limit) break
      }
    }
  }

  get #description(): string {
    return `Feed ${this.#definition.source}`
  }

  #expires(): string {
    return new Date(Date.now() + this.#definition.subscriptionSeconds * 1000).toISOString()
  }

  /** Some brokers answer 404 where nothing is found. */
  async #list(
    resource: string,
    query: Readonly<Record<string, string | number>>,
    signal: AbortSignal,
  ): Promise<readonly Json[]> {
    const url = this.#url(resource)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    const { status, bytes } = await this.#ask({ url, headers: this.#headers, signal })
    if (status === 404) return []
    const list = jsonOf(bytes)
    if (!Array.isArray(list)) throw new SourceFault(`Broker answers no list of ${resource}`)
    return list as readonly Json[] // of what JSON has
  }

  #send(
    method: 'POST' | 'PATCH',
    resource: string,
    document: Json,
    signal: AbortSignal,
  ): Promise<SourceReply> {
    const headers = { ...this.#headers, 'content-type': 'application/json' }
    return this.#ask({ method, url: this.#url(resource), headers, body: JSON.stringify(document), signal })
  }

  get #headers(): Record<string, string> {
    return { accept: 'application/json', ...this.#dialect.headers(this.#definition) }
  }

  #url(resource: string): URL {
    return new URL(`${this.#definition.url.replace(/\/$/, '')}/${resource}`)
  }
}

function jsonOf(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json // JSON.parse answers nothing else
  } catch {
    return undefined
  }
}
