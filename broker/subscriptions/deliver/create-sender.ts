import { createEgress } from '../../../security/egress/create-egress.ts'
import { createHttpSender } from './http-sender.ts'
import type { Sender } from './message.ts'
import type { SenderThreadData } from './sender-protocol.ts'

const ORIGINS = 4096

/** Sends messages from the thread it runs in, by the protocol of each. */
export function createSender({ egress: guard, connections }: SenderThreadData): Sender {
  const egress = createEgress({ ...guard, connectionsPerOrigin: connections, origins: ORIGINS })
  const post = createHttpSender(egress)
  return {
    send: async (message) => {
      switch (message.kind) {
        case 'http':
          return post(message)
        case 'mqtt':
          return { delivered: false, reason: 'MQTT is not spoken', milliseconds: 0 }
      }
    },
    close: () => egress.close(),
  }
}
