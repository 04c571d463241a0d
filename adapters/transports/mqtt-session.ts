import { connect as connectTcp, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { IConnectPacket, Packet } from 'mqtt-packet'
import type { MqttTransport } from '../kit/definition/transport-definition.ts'
import type { Limits } from './http-source.ts'
import { SourceFault } from './transport.ts'

/** A message that waits to be acknowledged. */
export interface ReceivedMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly id: number
}

/** Messages that come one after the other within so many milliseconds are taken together. */
const QUIET_MS = 20
/** A server that sends without waiting for acknowledgements is read no further when so many times as many wait. */
const AHEAD = 10
const SPARE_BYTES = 1_048_576

type Codec = typeof import('mqtt-packet')
type Answer = Extract<Packet, { cmd: 'connack' | 'suback' }>

/**
 * A connection to an MQTT server with a session that the server keeps (3.1.1, 3.1.2.4; 5, 4.1). Each message is acknowledged when that is
 * asked for, in the order of their coming, and not before: with QoS 2 as well, so that none is only here.
 */
export class MqttSession {
  readonly #definition: MqttTransport
  readonly #codec: Codec
  readonly #socket: Socket
  readonly #version: 4 | 5
  readonly #messages: ReceivedMessage[] = []
  #heardAt = Date.now()
  #failure: unknown
  #wake: (() => void) | undefined
  #answered: ((answer: Answer) => void) | undefined
  #beat: NodeJS.Timeout | undefined

  private constructor(
    definition: MqttTransport,
    {
      codec,
      socket,
      maxBytes,
    }: { readonly codec: Codec; readonly socket: Socket; readonly maxBytes: number },
  ) {
    this.#definition = definition
    this.#codec = codec
    this.#socket = socket
    this.#version = definition.version === '5' ? 5 : 4
    const parser = codec.parser({ protocolVersion: this.#version })
    parser.on('packet', (packet) => this.#take(packet))
    parser.on('error', (cause) => this.#fail(new SourceFault('Server sends what is not MQTT', { cause })))
    socket.on('data', (bytes) => {
      this.#heardAt = Date.now()
      if (parser.parse(bytes) > 2 * maxBytes + SPARE_BYTES)
        this.#fail(new SourceFault('Message is too large to be read'))
    })
    socket.on('error', (cause) => this.#fail(new SourceFault('Server cannot be reached', { cause })))
    socket.on('close', () => this.#fail(new SourceFault('Server closes the connection')))
  }

  /** Connects and takes its session up again. @throws SourceFault */
  static async open(definition: MqttTransport, limits: Limits, signal: AbortSignal): Promise<MqttSession> {
    const codec = await import('mqtt-packet') // loaded with the first such feed
    const socket = await socketTo(definition, limits)
    const session = new MqttSession(definition, { codec, socket, maxBytes: limits.maxBytes })
    const end = (): void => session.#fail(signal.reason)
    signal.addEventListener('abort', end)
    socket.on('close', () => signal.removeEventListener('abort', end))
    if (signal.aborted) end()
    try {
      await session.#connect(definition.password && (await limits.secrets(definition.password)))
    } catch (error) {
      session.close()
      throw error
    }
    return session
  }

  /** Asks for the messages of topics. @throws SourceFault when the server refuses one of them */
  async subscribe(topics: readonly string[]): Promise<void> {
    const { qos } = this.#definition
    // what is retained is sent when a subscription is new, and not each time
    const subscriptions = topics.map((topic) => ({ topic, qos, ...(this.#version === 5 && { rh: 1 }) }))
    const { granted } = (await this.#asked({ cmd: 'subscribe', messageId: 1, subscriptions })) as Extract<
      Packet,
      { cmd: 'suback' }
    > // what answers a subscription
    const refused = topics.filter((_, at) => Number(granted[at]) >= 128)
    if (refused.length > 0) throw new SourceFault(`Server refuses topic ${refused.join(', ')}`)
  }

  /** Waits for messages, and for those that follow at once. @throws the failure of the connection, when all of them were given */
  async gathered(): Promise<readonly [ReceivedMessage, ...ReceivedMessage[]]> {
    const { maxMessages, gatherMs } = this.#definition
    while (this.#messages.length === 0) {
      if (this.#failure) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const end = Date.now() + gatherMs
    for (let seen = 0; seen < this.#messages.length && Date.now() < end; ) {
      seen = this.#messages.length
      if (seen >= maxMessages) break
      await wait(QUIET_MS)
    }
    const [first, ...others] = this.#messages.splice(0, maxMessages)
    this.#socket.resume()
    return [first as ReceivedMessage, ...others] // there was one
  }

  /** Tells the server that it may forget messages. */
  acknowledge(messages: readonly ReceivedMessage[]): void {
    for (const { qos, id } of messages) {
      if (qos > 0) this.#send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId: id })
    }
  }

  close(): void {
    clearInterval(this.#beat)
    if (!this.#failure) this.#send({ cmd: 'disconnect' })
    this.#failure ??= new SourceFault('Connection is closed')
    this.#socket.destroySoon()
  }

  async #connect(password: string | undefined): Promise<void> {
    const { client, user, keepAliveSeconds } = this.#definition
    const packet: IConnectPacket = {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: this.#version,
      clientId: client,
      clean: false,
      keepalive: keepAliveSeconds,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password: Buffer.from(password) }),
      ...(this.#version === 5 && { properties: this.#properties() }),
    }
    const answer = (await this.#asked(packet)) as Extract<Packet, { cmd: 'connack' }> // what answers a connection
    const code = answer.reasonCode ?? answer.returnCode ?? 0
    if (code !== 0) throw new SourceFault(`Server refuses the connection (code ${code})`)
    this.#keepAlive(answer.properties?.serverKeepAlive ?? keepAliveSeconds)
  }

  #properties(): NonNullable<IConnectPacket['properties']> {
    const { sessionSeconds, maxMessages } = this.#definition
    return { sessionExpiryInterval: sessionSeconds, receiveMaximum: maxMessages }
  }

  #keepAlive(seconds: number): void {
    const beatMs = Math.max(1, seconds) * 500
    this.#beat = setInterval(() => {
      if (!this.#socket.isPaused() && Date.now() - this.#heardAt > 3 * beatMs) {
        this.#fail(new SourceFault('Server is silent'))
      } else this.#send({ cmd: 'pingreq' })
    }, beatMs)
  }

  /** Sends a packet and waits for what answers it. */
  async #asked(packet: Packet): Promise<Answer> {
    const late = setTimeout(
      () => this.#fail(new SourceFault('Server does not answer')),
      this.#definition.timeoutMs,
    )
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#answered = resolve
        this.#wake = () => this.#failure && reject(this.#failure)
        if (this.#failure) reject(this.#failure)
        else this.#send(packet)
      })
    } finally {
      clearTimeout(late)
    }
  }

  #take(packet: Packet): void {
    switch (packet.cmd) {
      case 'publish':
        this.#receive(packet)
        break
      case 'pubrel':
        this.#send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 })
        break
      case 'connack':
      case 'suback':
        this.#answered?.(packet)
        break
      case 'disconnect':
        this.#fail(new SourceFault(`Server ends the connection (code ${packet.reasonCode ?? 0})`))
        break
      default: // pingresp: that it came was noted
    }
  }

  #receive({ topic, payload, qos, messageId = 0 }: Extract<Packet, { cmd: 'publish' }>): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload)
    this.#messages.push({ topic, payload: bytes, qos, id: messageId })
    if (this.#messages.length > AHEAD * this.#definition.maxMessages) this.#socket.pause()
    this.#wake?.()
  }

  #send(packet: Packet): void {
    if (this.#socket.writable)
      this.#socket.write(this.#codec.generate(packet, { protocolVersion: this.#version }))
  }

  #fail(failure: unknown): void {
    clearInterval(this.#beat)
    this.#failure ??= failure
    this.#socket.destroy()
    this.#wake?.()
  }
}

async function socketTo(
  { url, authorities, certificate, certificateKey }: MqttTransport,
  { secrets }: Limits,
): Promise<Socket> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'mqtt:') return connectTcp({ host, port: port === '' ? 1883 : Number(port) })
  return connectTls({
    host,
    port: port === '' ? 8883 : Number(port),
    ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
    ...(authorities && { ca: await secrets(authorities) }),
    ...(certificate && { cert: await secrets(certificate) }),
    ...(certificateKey && { key: await secrets(certificateKey) }),
  })
}
