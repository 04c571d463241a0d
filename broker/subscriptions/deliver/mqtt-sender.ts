import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { EgressFailed } from '../../../security/egress/egress.ts'
import type { Guard } from '../../../security/egress/guard.ts'
import { failureReason } from './failure-reason.ts'
import type { Attempt, MqttMessage } from './message.ts'
import { MqttConnection } from './mqtt-connection.ts'
import { type MqttTarget, mqttTarget } from './mqtt-target.ts'

/** Publishes messages (CIM 009 v1.9.1, 7). */
export interface MqttSender {
  /** Resolves when the server has acknowledged as the QoS asks, with 0 when it is written. Never rejects. */
  send(message: MqttMessage): Promise<Attempt>
  close(): void
}

const CONNECTIONS = 1024

/** Keeps a connection for each server, user and version while it is used; the guard judges where it goes. */
export function createMqttSender(guard: Guard): MqttSender {
  const connections = new LRUCache<string, MqttConnection>({
    max: CONNECTIONS,
    dispose: (connection) => connection.end(),
  })
  const connectionOf = (target: MqttTarget, { version, tls }: MqttMessage): MqttConnection => {
    const options = { version, ...(tls && { tls }), ...guard(target.url) }
    const kept = connections.get(target.connection)
    if (kept) return kept
    const opened = new MqttConnection(target, options, (ended) => {
      if (connections.peek(target.connection) === ended) connections.delete(target.connection)
    })
    connections.set(target.connection, opened)
    return opened
  }
  return {
    send: async (message) => {
      const started = performance.now()
      const outcome = await publish(message, connectionOf)
      return { ...outcome, milliseconds: Math.round(performance.now() - started) }
    },
    close: () => connections.clear(),
  }
}

async function publish(
  message: MqttMessage,
  connectionOf: (target: MqttTarget, message: MqttMessage) => MqttConnection,
): Promise<Omit<Attempt, 'milliseconds'>> {
  let host = 'Endpoint'
  try {
    const target = mqttTarget(message)
    host = target.url.host
    const connection = connectionOf(target, message)
    const { body, qos } = message
    await within(message.timeoutMs, connection, connection.publish({ topic: target.topic, body, qos }), host)
    return { delivered: true }
  } catch (error) {
    return { delivered: false, reason: failureReason(error, host) }
  }
}

/** Waits until the deadline; a server that was not heard of since the start is hung up on. */
async function within(
  timeoutMs: number,
  connection: MqttConnection,
  published: Promise<void>,
  host: string,
): Promise<void> {
  const started = performance.now()
  const over = new AbortController()
  const deadline = pause(timeoutMs, undefined, { signal: over.signal }).then(() => {
    const reason = new EgressFailed('timeout', `${host} did not answer within ${timeoutMs} ms`)
    if (connection.heardAt < started) connection.end(reason)
    throw reason
  })
  deadline.catch(() => undefined)
  await Promise.race([published, deadline]).finally(() => over.abort())
}
