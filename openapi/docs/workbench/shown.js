// How the attributes of a type are shown to who is signed in.

import { api } from '/api.js'

/** How the attributes of a type are shown to the caller; of a type that nobody described, those that there are. */
export async function shownAttributes(type) {
  const { body } = await api(`/hub/v1/access?type=${encodeURIComponent(type)}`)
  const told = body.types[0]?.attributes ?? []
  if (told.length > 0) return new Map(told.map(({ attribute, shown }) => [attribute, shown]))
  const found = await api(`/ngsi-ld/v1/types/${encodeURIComponent(type)}`).catch(() => undefined)
  return new Map(
    (found?.body.attributeDetails ?? []).map(({ attributeName }) => [
      attributeName,
      body.accessControl ? 'scanned' : 'clear',
    ]),
  )
}
