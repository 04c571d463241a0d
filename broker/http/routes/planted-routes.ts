import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { acceptNotification } from '../../operations/planted-subscriptions/accept-notification.ts'
import { RECEIVING_PATH } from '../../operations/planted-subscriptions/receiving-address.ts'
import { parseJson } from '../decode/body.ts'
import { contextOfLink } from '../decode/link-context.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operation behind the addresses that sources notify. */
export interface PlantedOperations {
  readonly acceptNotification: ReturnType<typeof acceptNotification>
}

/** Route of the notifications of subscriptions that are planted at sources: whoever knows the address may send there. */
export function plantedRoutes(operations: PlantedOperations): readonly Route[] {
  return [
    {
      method: 'POST',
      path: `${RECEIVING_PATH}/:key`,
      // of known length or not, whatever its sender calls it
      body: 'bytes',
      // the tenant is that of the source, which is none of ours; the address says whose it is
      createsTenant: true,
      produces: ['application/json'],
      handle: accept,
    },
  ]

  /** Senders of every make take 200 for success (CIM 009 v1.9.1, 5.8.6). */
  async function accept({ params, bytes, headers }: HubRequest): Promise<HubAnswer> {
    const body = parseJson(Buffer.from(bytes ?? []))
    const link = contextOfLink(headers.link)
    const whole = isJsonObject(body) ? body['@context'] : undefined
    const contextOf = (element: JsonObject): JsonValue | undefined => element['@context'] ?? whole ?? link
    await operations.acceptNotification({ key: params.key ?? '', body, contextOf })
    return { status: 200 }
  }
}
