import { createEgress } from '../../../security/egress/create-egress.ts'
import { createGuard } from '../../../security/egress/guard.ts'
import { createHttpSender } from './http-sender.ts'
import type { Sender } from './message.ts'
import { createMqttSender } from './mqtt-sender.ts'
import type { SenderThreadData } from './sender-protocol.ts'

const ORIGINS = 4096
/** More than are ever under way together: deliveries say how many, and here nothing may wait for another endpoint. */
const CONNECTIONS = 1024

/** Sends messages from the thread it runs in, by the protocol of each. */
export function createSender({ egress: options }: SenderThreadData): Sender {
  const egress = createEgress({ ...options, connectionsPerOrigin: CONNECTIONS, origins: ORIGINS })
  const post = createHttpSender(egress)
  const mqtt = createMqttSender(createGuard(options))
  return {
    send: (message) => (message.kind === 'http' ? post(message) : mqtt.send(message)),
    prepare: (kind) => void (kind === 'http' ? import('undici') : import('mqtt')).catch(() => {}),
    close: async () => {
      mqtt.close()
      await egress.close()
    },
  }
}
