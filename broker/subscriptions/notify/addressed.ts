import type { HttpMessage, Message, MqttMessage } from '../deliver/message.ts'
import type { DeliveryOptions, KeyValuePair, Subscription } from '../subscription.ts'
import { headersOf, metadataOf } from './headers.ts'
import type { Notice } from './notice.ts'

/** A receiver has so long to answer when its subscription does not say otherwise, milliseconds. */
const TIMEOUT_MS = 5000

/** Makes the message of a notification for its endpoint: an HTTP request, or an MQTT message (CIM 009 v1.9.1, 6.3.8 and 7.2). */
export function addressed(notice: Notice, body: string): Message {
  const { id, subscription } = notice
  const { endpoint, delivery } = subscription
  const common = { id, timeoutMs: endpoint.timeoutMs ?? TIMEOUT_MS, ...tlsOf(delivery), url: endpoint.uri }
  return isMqtt(endpoint.uri)
    ? { ...common, ...mqttParts(subscription), body: mqttBody(notice, body) }
    : { ...common, ...httpParts(notice), body }
}

function isMqtt(uri: string): boolean {
  return /^mqtts?:/i.test(uri)
}

function httpParts(notice: Notice): Pick<HttpMessage, 'kind' | 'headers' | 'signingSecret'> {
  const { signingSecret } = notice.subscription.delivery
  return { kind: 'http', headers: headersOf(notice), ...(signingSecret !== undefined && { signingSecret }) }
}

function mqttParts({ endpoint }: Subscription): Pick<MqttMessage, 'kind' | 'version' | 'qos'> {
  const version = infoOf(endpoint.notifierInfo, 'MQTT-Version')
  const qos = infoOf(endpoint.notifierInfo, 'MQTT-QoS')
  return {
    kind: 'mqtt',
    version: version === 'mqtt3.1.1' ? version : 'mqtt5.0',
    qos: qos === '1' ? 1 : qos === '2' ? 2 : 0,
  }
}

function infoOf(pairs: readonly KeyValuePair[], name: string): string | undefined {
  return pairs.find(({ key }) => key.toLowerCase() === name.toLowerCase())?.value
}

/** What headers say in HTTP goes with the notification (7.2). */
function mqttBody(notice: Notice, body: string): string {
  return `{"metadata":${JSON.stringify(Object.fromEntries(metadataOf(notice)))},"body":${body}}`
}

function tlsOf({ certificate, certificateKey, authorities }: DeliveryOptions): Pick<Message, 'tls'> {
  const tls = {
    ...(certificate !== undefined && { certificate }),
    ...(certificateKey !== undefined && { certificateKey }),
    ...(authorities !== undefined && { authorities }),
  }
  return Object.keys(tls).length > 0 ? { tls } : {}
}
