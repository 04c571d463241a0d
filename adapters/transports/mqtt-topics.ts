import type { MqttTransport } from '../kit/definition/transport-definition.ts'
import type { Input } from '../kit/intake/input.ts'
import type { Limits } from './http-source.ts'
import { MqttSession, type ReceivedMessage } from './mqtt-session.ts'
import type { Transport } from './transport.ts'

/** Takes the messages of an MQTT server, together those that come together, and acknowledges them when the hub has them. */
export function mqttTopics(definition: MqttTransport, limits: Limits): Transport {
  return {
    pauseMs: 1000,
    visit: async function* ({ signal, reached }) {
      const session = await MqttSession.open(definition, limits, signal)
      try {
        await session.subscribe(definition.topics)
        await reached()
        for (;;) {
          const [first, ...others] = await session.gathered()
          yield { inputs: [inputOf(first), ...others.map(inputOf)] }
          session.acknowledge([first, ...others])
        }
      } finally {
        session.close()
      }
    },
  }
}

/** The topic is the name: it often says which device it is. */
function inputOf({ topic, payload }: ReceivedMessage): Input {
  return { name: topic, bytes: payload, repeatable: true }
}
