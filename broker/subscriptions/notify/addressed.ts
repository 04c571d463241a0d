import type { HttpMessage, Message, MqttMessage } from '../deliver/message.ts'
import type { DeliveryOptions, KeyValuePair, Subscription } from '../subscription.ts'
import { headersOf, metadataOf } from './headers.ts'
import type { Envelope } from './notice.ts'
import type { Filled } from './templates.ts'

/** A receiver has so long to answer when its subscription does not say otherwise, milliseconds. */
const TIMEOUT_MS = 5000
/** And no longer than this, whatever it says (5.2.15): it takes room that others wait for. */
const LONGEST_TIMEOUT_MS = 60_000

/** Makes the message of a notification for its endpoint: an HTTP request, or an MQTT message (CIM 009 v1.9.1, 6.3.8 and 7.2). */
export function addressed(envelope: Envelope, body: string): Message {
  return isMqtt(envelope.subscription)
    ? mqttMessage(envelope.subscription, envelope.id, mqttBody(envelope, body))
    : httpMessage(envelope, { body, headers: headersOf(envelope) })
}

/** Makes the message of what a template made of a notification: it is sent as it is, without @context. */
export function addressedCustom(envelope: Envelope, { text, isJson }: Filled): Message {
  if (isMqtt(envelope.subscription)) return mqttMessage(envelope.subscription, envelope.id, text)
  const type = isJson ? 'application/json' : 'text/plain; charset=utf-8'
  const headers = headersOf(envelope).flatMap(([name, value]) => {
    if (name === 'Link') return []
    return [[name, name === 'Content-Type' ? type : value] as const]
  })
  return httpMessage(envelope, { body: text, headers })
}

function isMqtt({ endpoint }: Subscription): boolean {
  return /^mqtts?:/i.test(endpoint.uri)
}

/** What both bindings need to know. */
function sentTo({ endpoint, delivery }: Subscription): Pick<Message, 'url' | 'timeoutMs' | 'tls'> {
  return {
    url: endpoint.uri,
    timeoutMs: Math.min(endpoint.timeoutMs ?? TIMEOUT_MS, LONGEST_TIMEOUT_MS),
    ...tlsOf(delivery),
  }
}

function httpMessage(
  { id, subscription }: Envelope,
  parts: Pick<HttpMessage, 'body' | 'headers'>,
): HttpMessage {
  const { signingSecret } = subscription.delivery
  const signing = signingSecret !== undefined && { signingSecret }
  return { kind: 'http', id, ...sentTo(subscription), ...parts, ...signing }
}

function mqttMessage(subscription: Subscription, id: string, body: string): MqttMessage {
  const { notifierInfo } = subscription.endpoint
  const version = infoOf(notifierInfo, 'MQTT-Version')
  const qos = infoOf(notifierInfo, 'MQTT-QoS')
  return {
    kind: 'mqtt',
    id,
    ...sentTo(subscription),
    body,
    version: version === 'mqtt3.1.1' ? version : 'mqtt5.0',
    qos: qos === '1' ? 1 : qos === '2' ? 2 : 0,
  }
}

function infoOf(pairs: readonly KeyValuePair[], name: string): string | undefined {
  return pairs.find(({ key }) => key.toLowerCase() === name.toLowerCase())?.value
}

/** What headers say in HTTP goes with the notification (7.2). */
function mqttBody(envelope: Envelope, body: string): string {
  return `{"metadata":${JSON.stringify(Object.fromEntries(metadataOf(envelope)))},"body":${body}}`
}

function tlsOf({ certificate, certificateKey, authorities }: DeliveryOptions): Pick<Message, 'tls'> {
  const tls = {
    ...(certificate !== undefined && { certificate }),
    ...(certificateKey !== undefined && { certificateKey }),
    ...(authorities !== undefined && { authorities }),
  }
  return Object.keys(tls).length > 0 ? { tls } : {}
}
