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
/** Most of them, whatever number the server names. */
const MOST_UNACKNOWLEDGED = 64
/** Bytes that a server may send for each message: its acknowledgements are a few, with MQTT 5 a reason may follow. */
const ANSWER_BYTES = 256
/** Bytes that it may send beyond that. */
const SPARE_BYTES = MOST_UNACKNOWLEDGED * ANSWER_BYTES
/** What a server has to say to somebody who subscribes to nothing. */
const EXPECTED: ReadonlySet<string> = new Set([
  'connack',
  'puback',
  'pubrec',
  'pubcomp',
  'pingresp',
  'disconnect',
])
/** A server has at least so long to answer, even to a message that nobody waits for any more. */
const PATIENCE_MS = 1000

type Version = MqttMessage['version']
type Publication = Pick<MqttMessage, 'body' | 'qos' | 'timeoutMs'> & { readonly topic: string }

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
  /** Bytes that the server may still send. */
  #credit = SPARE_BYTES
  #socket: Socket | undefined
  #end: { readonly reason: unknown } | undefined

  constructor(
    target: MqttTarget,
    options: Pick<MqttMessage, 'version' | 'tls'> & { readonly lookup?: LookupFunction },
    ended: (connection: MqttConnection) => void,
  ) {
    this.#host = target.url.host
    this.#ended = ended
    this.#client = this.#connect(target, options.version, () => this.#watched(openSocket(target, options)))
    this.#client.catch(() => undefined)
    this.#idle = setTimeout(() => this.isIdle && this.end(), IDLE_MS)
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#pending.size === 0
  }

  /** Publishes a message, and waits for the acknowledgements of its QoS. @throws Error when there are none in time */
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
    this.#socket?.destroy()
    this.#client.then(
      (client) => client.end(true),
      () => undefined,
    )
  }

  async #publish({ topic, body, qos, timeoutMs }: Publication): Promise<void> {
    const client = await this.#inTime(this.#client, timeoutMs)
    if (qos > this.#highestQos) {
      throw new EgressFailed('unreachable', `${this.#host} takes no messages of QoS ${qos}`)
    }
    if (qos > 0) await this.#admitted()
    this.#credit = Math.min(this.#credit + ANSWER_BYTES, SPARE_BYTES)
    try {
      if (!this.#end) await this.#inTime(client.publishAsync(topic, body, { qos }), timeoutMs)
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

  /** A server that owes an answer for too long is hung up on, whatever else it sends meanwhile. */
  #inTime<Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
    const milliseconds = Math.max(timeoutMs, PATIENCE_MS)
    const late = setTimeout(() => this.end(unanswered(this.#host, milliseconds)), milliseconds)
    return answer.finally(() => clearTimeout(late))
  }

  /** Counts what comes in before any of it is read: nothing asks for more than acknowledgements. */
  #watched(socket: Socket): Socket {
    this.#socket = socket
    return socket.on('data', ({ length }: Buffer) => {
      this.#credit -= length
      if (this.#credit < 0) this.#intrude()
    })
  }

  #intrude(): void {
    this.end(new EgressFailed('unreachable', `${this.#host} sends what it is not asked for`))
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
      ...(version === 'mqtt5.0' && { properties: { maximumPacketSize: SPARE_BYTES, receiveMaximum: 1 } }),
      ...(user !== '' && { username: user }),
      ...(password !== '' && { password }),
    })
    client.on('packetreceive', ({ cmd }) => EXPECTED.has(cmd) || this.#intrude())
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
    this.#limit = Math.min(properties?.receiveMaximum ?? UNACKNOWLEDGED, MOST_UNACKNOWLEDGED)
    this.#highestQos = properties?.maximumQoS ?? 2
  }
}

/** A deadline that passed. */
export function unanswered(host: string, milliseconds: number): EgressFailed {
  return new EgressFailed('timeout', `${host} did not answer within ${milliseconds} ms`)
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
