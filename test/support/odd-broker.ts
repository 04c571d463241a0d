import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  checkAttribute,
  checkParameters,
  entityOf,
  isAsked,
  type OddEntity,
  type OddOptions,
  objectOf,
  Refusal,
  shown,
} from './odd-entities.ts'

/** A foreign broker; `entities` is all that it holds. */
export interface OddBroker {
  readonly url: string
  readonly entities: ReadonlyMap<string, OddEntity>
  close(): Promise<void>
}

/** How it answers: status and body. */
type Reply = readonly [status: number, body?: unknown]

interface Asked {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: unknown
}

/**
 * Starts a broker that works, and behaves as some of those do that one meets: it keeps names as they were written whatever @context
 * a request names, answers without Link, 404 where nothing is found, has no system times, refuses what its version of the standard
 * does not know, and (when told so) answers simplified to everything that has options. Entities are in memory.
 */
export async function startOddBroker(options: OddOptions = {}): Promise<OddBroker> {
  const entities = new Map<string, OddEntity>()
  const server = createServer(async (request, response) => {
    const reply = await replyTo(request, entities, options)
    send(response, reply)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens
    entities,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function replyTo(
  request: IncomingMessage,
  entities: Map<string, OddEntity>,
  options: OddOptions,
): Promise<Reply> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://odd')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set
  const text = Buffer.concat(chunks).toString()
  try {
    const path = pathname.split('/').slice(1).map(decodeURIComponent)
    if (path[0] !== 'ngsi-ld' || path[1] !== 'v1') return problem(404, 'ResourceNotFound', 'No such path')
    const body = text === '' ? undefined : JSON.parse(text)
    const asked = { method: request.method ?? 'GET', path: path.slice(2), query: searchParams, body }
    return answer(asked, entities, options)
  } catch (error) {
    if (error instanceof Refusal) return problem(error.status, error.title, error.message)
    return problem(400, 'InvalidRequest', 'What came is no JSON')
  }
}

function answer(asked: Asked, entities: Map<string, OddEntity>, options: OddOptions): Reply {
  const [resource, id, attributes, name] = asked.path
  if (resource === 'entityOperations' && id !== undefined) return batch(id, asked, entities, options)
  if (resource !== 'entities') return problem(404, 'ResourceNotFound', 'No such path')
  if (id === undefined || id === '') return ofAll(asked, entities, options)
  if (attributes === undefined) return ofOne(id, asked, entities, options)
  if (attributes !== 'attrs') return problem(404, 'ResourceNotFound', 'No such path')
  return ofAttributes(id, name, asked, entities, options)
}

function ofAll({ method, query, body }: Asked, entities: Map<string, OddEntity>, options: OddOptions): Reply {
  if (method === 'POST') {
    create(entityOf(body, options), entities)
    return [201]
  }
  if (method !== 'GET') return problem(405, 'OperationNotSupported', 'No such method')
  checkParameters(query, options)
  if (!['type', 'id', 'idPattern', 'attrs', 'q'].some((name) => query.has(name)))
    throw new Refusal(400, 'BadRequestData', 'Too wide a query')
  const found = [...entities.values()].filter((entity) => isAsked(entity, query))
  const from = Number(query.get('offset') ?? 0)
  const page = found.slice(from, from + Number(query.get('limit') ?? 20))
  if (page.length === 0) return problem(404, 'ResourceNotFound', 'No entity found')
  return [200, page.map((entity) => shown(entity, query, options))]
}

function ofOne(id: string, asked: Asked, entities: Map<string, OddEntity>, options: OddOptions): Reply {
  const entity = existing(id, entities)
  switch (asked.method) {
    case 'GET':
      checkParameters(asked.query, options)
      if (!isAsked(entity, asked.query)) return problem(404, 'ResourceNotFound', 'No entity found')
      return [200, shown(entity, asked.query, options)]
    case 'DELETE':
      entities.delete(id)
      return [204]
    case 'PATCH':
    case 'PUT':
      return anew(id, asked, entities, options)
    default:
      return problem(405, 'OperationNotSupported', 'No such method')
  }
}

/** Merging and replacing came with version 1.6 of the standard. */
function anew(
  id: string,
  { method, body }: Asked,
  entities: Map<string, OddEntity>,
  options: OddOptions,
): Reply {
  if (options.version !== '1.6') return problem(405, 'OperationNotSupported', 'No such method')
  const before = existing(id, entities)
  const entity = entityOf({ type: before.type, ...objectOf(body), id }, options)
  entities.set(id, method === 'PUT' ? entity : { ...before, ...entity })
  return [204]
}

function ofAttributes(
  id: string,
  name: string | undefined,
  { method, query, body }: Asked,
  entities: Map<string, OddEntity>,
  options: OddOptions,
): Reply {
  const entity = existing(id, entities)
  if (name !== undefined && name !== '') {
    if (entity[name] === undefined) return problem(404, 'ResourceNotFound', 'No such attribute')
    const { [name]: before, ...rest } = entity
    if (method === 'DELETE') entities.set(id, rest as OddEntity)
    else if (method === 'PATCH')
      entities.set(id, { ...entity, [name]: { ...objectOf(before), ...objectOf(body) } })
    else return problem(405, 'OperationNotSupported', 'No such method')
    return [204]
  }
  if (method !== 'POST' && method !== 'PATCH') return problem(405, 'OperationNotSupported', 'No such method')
  const members = Object.entries(objectOf(body)).filter(
    ([member]) => !['id', 'type', '@context'].includes(member),
  )
  for (const [member, attribute] of members) checkAttribute(member, attribute, options)
  const keeps = method === 'POST' && query.get('options') === 'noOverwrite'
  const taken = members.filter(([member]) =>
    method === 'PATCH' ? entity[member] !== undefined : !keeps || entity[member] === undefined,
  )
  entities.set(id, { ...entity, ...Object.fromEntries(taken) })
  if (taken.length === members.length) return [204]
  const left = members.filter((member) => !taken.includes(member))
  const notUpdated = left.map(([attributeName]) => ({ attributeName, reason: 'It is not so' }))
  return [207, { updated: taken.map(([member]) => member), notUpdated }]
}

function batch(
  operation: string,
  { method, body }: Asked,
  entities: Map<string, OddEntity>,
  options: OddOptions,
): Reply {
  if (method !== 'POST' || !Array.isArray(body)) throw new Refusal(400, 'InvalidRequest', 'This is no array')
  const success: string[] = []
  const errors: object[] = []
  const apply = BATCHES[operation]
  if (!apply) return problem(404, 'ResourceNotFound', 'No such path')
  for (const item of body) {
    const entityId = typeof item === 'string' ? item : String(objectOf(item).id)
    try {
      apply(item, entities, options)
      success.push(entityId)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      errors.push({ entityId, error: problem(error.status, error.title, error.message)[1] })
    }
  }
  if (errors.length > 0) return [207, { success, errors }]
  return operation === 'create' ? [201, success] : [204]
}

type Apply = (item: unknown, entities: Map<string, OddEntity>, options: OddOptions) => void

const BATCHES: Readonly<Record<string, Apply>> = {
  create: (item, entities, options) => create(entityOf(item, options), entities),
  upsert: (item, entities, options) => {
    const entity = entityOf(item, options)
    entities.set(entity.id, entity)
  },
  update: (item, entities, options) => {
    const entity = entityOf(item, options)
    entities.set(entity.id, { ...existing(entity.id, entities), ...entity })
  },
  delete: (item, entities) => {
    entities.delete(existing(String(item), entities).id)
  },
}

function create(entity: OddEntity, entities: Map<string, OddEntity>): void {
  if (entities.has(entity.id)) throw new Refusal(409, 'AlreadyExists', 'The entity is there')
  entities.set(entity.id, entity)
}

function existing(id: string, entities: ReadonlyMap<string, OddEntity>): OddEntity {
  const entity = entities.get(id)
  if (!entity) throw new Refusal(404, 'ResourceNotFound', 'No such entity')
  return entity
}

function problem(status: number, title: string, detail: string): Reply {
  return [status, { type: `https://uri.etsi.org/ngsi-ld/errors/${title}`, title, detail }]
}

function send(response: ServerResponse, [status, body]: Reply): void {
  if (body === undefined) response.writeHead(status).end()
  else response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
