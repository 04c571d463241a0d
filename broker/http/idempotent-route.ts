import { createHash } from 'node:crypto'
import type { Action } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import { invalidRequest, Problem } from '../core/model/problem.ts'
import type { onlyOnce } from '../operations/idempotency/only-once.ts'
import { contentType } from './decode/body.ts'
import { who } from './decode/who.ts'
import { pathSegment } from './encode/path-segment.ts'
import type { HubAnswer, HubRequest, Route } from './route.ts'

const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/

/** Lets a creation obey Idempotency-Key: under one key of a caller it is carried out once, and answered alike each time. */
export function idempotentRoute(route: Route, once: ReturnType<typeof onlyOnce>): Route {
  const { idempotent } = route
  if (!idempotent) return route
  return { ...route, handle }

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const header = request.headers['idempotency-key']
    if (header === undefined) return route.handle(request)
    const keyed = { key: keyOf(header), print: printOf(request) }
    checkRight(request)
    const { answer, replayed } = await once(who(request), keyed, {
      perform: async (attempt) => plain(await route.handle(attempted(request, attempt))),
      // what other hubs did of an entity nobody here knows: they are asked again, and say so when they have it already
      resume: async (changed, attempt) =>
        idempotent === 'entity'
          ? plain(await route.handle({ ...attempted(request, attempt), carriedOut: changed }))
          : resumed(route, changed),
    })
    const kept = answer as unknown as HubAnswer // what plain made of one
    return replayed ? { ...kept, headers: { ...kept.headers, 'Hub-Idempotent-Replay': 'true' } } : kept
  }

  /** Strangers leave nothing behind, and learn nothing. @throws Problem */
  function checkRight({ caller, tenant }: HubRequest): void {
    const resource = idempotent === 'batch' || idempotent === 'upsert' ? 'entity' : (idempotent ?? 'entity')
    const may = (action: Action): void => caller.check(action, tenant, { resource })
    try {
      may('create')
    } catch (error) {
      if (idempotent !== 'upsert') throw error
      may('update')
    }
  }
}

function keyOf(header: string): string {
  const [, quoted, bare] = KEY.exec(header) ?? []
  const key = quoted ?? bare
  if (key !== undefined) return key
  throw invalidRequest('Header Idempotency-Key is no text of 1 to 255 printable ASCII characters')
}

function printOf({ method, path, headers, body }: HubRequest): string {
  const { 'content-type': type, 'content-crs': system = '', link = '', prefer = '' } = headers
  return createHash('sha256')
    .update(JSON.stringify([method, path, contentType(type), link, prefer, system, body ?? null]))
    .digest('base64url')
}

/** The change log remembers the attempt, so that it can be asked what an attempt did that was cut off. */
function attempted(request: HubRequest, attempt: string): HubRequest {
  const { origin, requestId } = request
  return { ...request, attempt, origin: { ...origin, requestId: `${requestId}+${attempt}` } }
}

/** Answers of creations are plain JSON. */
function plain({ status, body, headers }: HubAnswer): JsonObject {
  return { status, ...(body !== undefined && { body }), ...(headers && { headers: headers as JsonObject }) }
}

function resumed({ path, idempotent }: Route, changed: readonly string[]): JsonObject {
  const [only] = changed
  if (idempotent !== 'batch' && idempotent !== 'upsert' && only !== undefined)
    return { status: 201, headers: { Location: `${path}/${pathSegment(only)}` } }
  throw new Problem(
    'Conflict',
    `Request under this Idempotency-Key was cut off after it had changed ${changed.length} entities`,
    { members: { changed } },
  )
}
