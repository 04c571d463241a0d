import { randomBytes } from 'node:crypto'
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IConnackPacket, MqttClient } from 'mqtt'
import { EgressFailed } from '../../../security/egress/egress.ts'
import type { MqttMessage } from './message.ts'
import { type MqttTarget, serverName } from './mqtt-target.ts'

const CONNECT_MS = 10_000
const IDLE_MS = 60_000
/**
 * Most messages that wait for their acknowledgement, where the server names no number: some keep 20 by default, and of
 * more with QoS 2 over MQTT 3.1.1 they acknowledge what they drop.
 */
const UNACKNOWLEDGED = 16

type Version = MqttMessage['version']
type Publication = Pick<MqttMessage, 'body' | 'qos'> & { readonly topic: string }

/** One connection to an MQTT server, used once: when it ends, all that is under way fails, and nothing is kept. */
export class MqttConnection {
  readonly #host: string
  readonly #ended: (connection: MqttConnection) => void
  readonly #client: Promise<MqttClient>
  readonly #idle: NodeJS.Timeout
  /** What ends with the connection, if it does not end before. */
  readonly #pending = new Set<(reason: unknown) => void>()
  /** What waits until the server takes more. */
  readonly #queued: (() => void)[] = []
  #unacknowledged = 0
  #limit = UNACKNOWLEDGED
  #highestQos = 2
  #end: { readonly reason: unknown } | undefined
  /** When the server was last heard of, by `performance.now()`. */
  heardAt = 0

  constructor(
    target: MqttTarget,
    options: Pick<MqttMessage, 'version' | 'tls'> & { readonly lookup?: LookupFunction },
    ended: (connection: MqttConnection) => void,
  ) {
    this.#host = target.url.host
    this.#ended = ended
    this.#client = this.#connect(target, options.version, () => openSocket(target, options))
    this.#client.catch(() => undefined)
    this.#idle = setTimeout(() => this.#pending.size === 0 && this.end(), IDLE_MS)
  }

  /** Publishes a message, and waits for the acknowledgements of its QoS. @throws Error when there are none */
  publish(publication: Publication): Promise<void> {
    this.#idle.refresh()
    return new Promise<void>((resolve, reject) => {
      if (this.#end) return reject(this.#end.reason)
      const settle = (error?: unknown): void => {
        this.#pending.delete(settle)
        if (error) reject(error)
        else resolve()
      }
      this.#pending.add(settle)
      this.#publish(publication).then(() => settle(), settle)
    })
  }

  /** Ends the connection: what is under way fails. */
  end(reason: unknown = new EgressFailed('unreachable', `${this.#host} is hung up on`)): void {
    if (this.#end) return
    this.#end = { reason }
    clearTimeout(this.#idle)
    this.#ended(this)
    for (const settle of [...this.#pending]) settle(reason)
    for (const go of this.#queued.splice(0)) go()
    this.#client.then(
      (client) => client.end(true),
      () => undefined,
    )
  }

  async #publish({ topic, body, qos }: Publication): Promise<void> {
    const client = await this.#client
    if (qos > this.#highestQos) {
      throw new EgressFailed('unreachable', `${this.#host} takes no messages of QoS ${qos}`)
    }
    if (qos > 0) await this.#admitted()
    try {
      if (!this.#end) await client.publishAsync(topic, body, { qos })
    } catch (error) {
      throw refusal(error, `${this.#host} refuses the message`)
    } finally {
      if (qos > 0) this.#acknowledged()
    }
  }

  /** A server names how many messages it takes before it has acknowledged them, and hangs up on more. */
  async #admitted(): Promise<void> {
    if (this.#unacknowledged >= this.#limit) await new Promise<void>((resolve) => this.#queued.push(resolve))
    this.#unacknowledged++
  }

  #acknowledged(): void {
    this.#unacknowledged--
    this.#queued.shift()?.()
  }

  async #connect({ user, password }: MqttTarget, version: Version, open: () => Socket): Promise<MqttClient> {
    const { MqttClient } = await import('mqtt') // loaded with the first message to such an endpoint
    let failure: unknown
    const client = new MqttClient(() => open().on('error', (error) => (failure ??= error)), {
      protocolId: 'MQTT',
      protocolVersion: version === 'mqtt5.0' ? 5 : 4,
      clientId: `hub-${randomBytes(8).toString('hex')}`,
      clean: true,
      reconnectPeriod: 0, // the hub itself tries again
      queueQoSZero: false,
      resubscribe: false,
      connectTimeout: CONNECT_MS,
      timerVariant: 'native',
      ...(user !== '' && { username: user }),
      ...(password !== '' && { password }),
    })
    client.on('packetreceive', () => {
      this.heardAt = performance.now()
    })
    return new Promise((resolve, reject) => {
      const ended = (error?: unknown): void => {
        const reason = refusal(failure ?? error, `${this.#host} refuses the connection`, this.#host)
        reject(reason)
        this.end(reason)
        client.end(true)
      }
      client.on('error', ended)
      client.on('close', () => ended())
      client.on('connect', (packet) => {
        this.#learn(packet)
        resolve(client)
      })
    })
  }

  #learn({ properties }: IConnackPacket): void {
    this.#limit = properties?.receiveMaximum ?? UNACKNOWLEDGED
    this.#highestQos = properties?.maximumQoS ?? 2
  }
}

function openSocket(
  { isTls, host, port }: MqttTarget,
  { tls, lookup }: Pick<MqttMessage, 'tls'> & { readonly lookup?: LookupFunction },
): Socket {
  const address = { host, port, ...(lookup && { lookup }) }
  if (!isTls) return connectTcp(address)
  const name = serverName(host)
  return connectTls({
    ...address,
    ...(name !== undefined && { servername: name }),
    ...(tls?.certificate !== undefined && { cert: tls.certificate }),
    ...(tls?.certificateKey !== undefined && { key: tls.certificateKey }),
    ...(tls?.authorities !== undefined && { ca: tls.authorities }),
  })
}

/** A code of MQTT as a reason of ours; other errors stay what they are, and none is a connection that ended. */
function refusal(error: unknown, text: string, host?: string): unknown {
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
    return new EgressFailed('unreachable', `${text} (code ${error.code})`)
  }
  return error ?? new EgressFailed('unreachable', `${host} closes the connection`)
}
