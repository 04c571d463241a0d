/** One message to one receiver, ready to be sent. Plain data: it may go to another thread. */
export type Message = HttpMessage | MqttMessage

interface Sent {
  /** Id of the notification: the same whenever it is sent again. */
  readonly id: string
  readonly body: string
  /** Deadline of the whole exchange, milliseconds. */
  readonly timeoutMs: number
  readonly tls?: {
    readonly certificate?: string
    readonly certificateKey?: string
    readonly authorities?: string
  }
}

export interface HttpMessage extends Sent {
  readonly kind: 'http'
  readonly url: string
  /** As they are to be written, case included; each name once. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Signs the body (Standard Webhooks): `whsec_` and base64. */
  readonly signingSecret?: string
}

export interface MqttMessage extends Sent {
  readonly kind: 'mqtt'
  /** mqtt or mqtts, with user and password where given; the path is the topic. */
  readonly url: string
  readonly version: 'mqtt3.1.1' | 'mqtt5.0'
  readonly qos: 0 | 1 | 2
}

/** What became of one attempt to send a message. */
export interface Attempt {
  readonly delivered: boolean
  /** Status of an HTTP answer. */
  readonly status?: number
  /** Why it failed: subject, verb, what; never personal data, never a secret. */
  readonly reason?: string
  readonly milliseconds: number
  /** So long the receiver asks to be left alone. */
  readonly retryAfterMs?: number
}

/** Sends messages: resolves with what became of it, and never rejects. */
export interface Sender {
  send(message: Message): Promise<Attempt>
  /** Gets ready for messages of a kind, so that the first one need not wait for what is loaded when it is needed. */
  prepare(kind: Message['kind']): void
  close(): Promise<void>
}
