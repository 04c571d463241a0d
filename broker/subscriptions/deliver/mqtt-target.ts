import { isIP } from 'node:net'
import { EgressRefused } from '../../../security/egress/egress.ts'
import type { MqttMessage } from './message.ts'

/** What the URI of an MQTT endpoint says (CIM 009 v1.9.1, 7.2): mqtt[s]://[user][:password]@host[:port]/topic. */
export interface MqttTarget {
  readonly url: URL
  readonly isTls: boolean
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly topic: string
  /** Messages with the same key go over one connection. */
  readonly connection: string
}

const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 }

/** Reads where a message goes. @throws EgressRefused when it is no MQTT topic */
export function mqttTarget({ url: text, version, tls }: MqttMessage): MqttTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const standardPort = url && PORTS[url.protocol]
  if (!url || standardPort === undefined) throw new EgressRefused('Target is no mqtt or mqtts URL')
  const topic = decoded(url.pathname.replace(/^\//, ''))
  if (topic === '' || /[+#\0]/.test(topic)) throw new EgressRefused('Target URL names no topic to publish to')
  const port = url.port === '' ? standardPort : Number(url.port)
  const { certificate, certificateKey, authorities } = tls ?? {}
  return {
    url,
    isTls: url.protocol === 'mqtts:',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    user: decoded(url.username),
    password: decoded(url.password),
    topic,
    connection: JSON.stringify([
      url.protocol,
      url.hostname,
      port,
      url.username,
      url.password,
      version,
      certificate,
      certificateKey,
      authorities,
    ]),
  }
}

/** Name that a certificate has to have; an address is none. */
export function serverName(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a percent sign that encodes nothing
  }
}
