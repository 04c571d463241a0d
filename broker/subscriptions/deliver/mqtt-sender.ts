import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Guard } from '../../../security/egress/guard.ts'
import { failureReason } from './failure-reason.ts'
import type { Attempt, MqttMessage } from './message.ts'
import { MqttConnection, unanswered } from './mqtt-connection.ts'
import { type MqttTarget, mqttTarget } from './mqtt-target.ts'

/** Publishes messages (CIM 009 v1.9.1, 7). */
export interface MqttSender {
  /** Resolves when the server has acknowledged as the QoS asks, with 0 when it is written. Never rejects. */
  send(message: MqttMessage): Promise<Attempt>
  close(): void
}

const CONNECTIONS = 128
const IDLE_CONNECTIONS = 32

/** Keeps a connection for each server, user and version while it is used; the guard judges where it goes. */
export function createMqttSender(guard: Guard): MqttSender {
  const connections = new LRUCache<string, MqttConnection>({
    max: CONNECTIONS,
    disposeAfter: (connection) => connection.end(), // which takes it out: not before it is out
  })
  const endIdle = (kept: number): void => {
    const idle = [...connections.values()].filter(({ isIdle }) => isIdle) // those used last come first
    for (const connection of idle.slice(kept)) connection.end()
  }
  const connectionOf = (target: MqttTarget, { version, tls }: MqttMessage): MqttConnection => {
    const options = { version, ...(tls && { tls }), ...guard(target.url) }
    const kept = connections.get(target.connection)
    if (kept) return kept
    if (connections.size >= CONNECTIONS) endIdle(0)
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
      if (connections.size > IDLE_CONNECTIONS) endIdle(IDLE_CONNECTIONS)
      return { milliseconds: Math.round(performance.now() - started), ...outcome }
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
    const { body, qos, timeoutMs } = message
    await within(timeoutMs, connection.publish({ topic: target.topic, body, qos, timeoutMs }), host)
    return { delivered: true }
  } catch (error) {
    return { delivered: false, reason: failureReason(error, host) }
  }
}

/** Waits until the deadline. */
async function within(timeoutMs: number, published: Promise<void>, host: string): Promise<void> {
  const over = new AbortController()
  const deadline = pause(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw unanswered(host, timeoutMs)
  })
  deadline.catch(() => undefined)
  await Promise.race([published, deadline]).finally(() => over.abort())
}
