import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Origin } from '../core/model/change.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Disclose } from '../core/view/disclosure.ts'
import type { Precondition } from '../operations/command.ts'
import type { Explanation } from '../operations/explanation.ts'
import type { Lasting } from '../operations/lasting.ts'
import type { Provenance } from '../operations/provenance.ts'
import type { AddedType } from './added-types.ts'

/** What an answer is written as: the three representations of CIM 009 v1.9.1, 6.3.4, and those that the hub adds. */
export type MediaType = 'application/json' | 'application/ld+json' | 'application/geo+json' | AddedType

/** A request after the decode room: checked, typed, with its caller. */
export interface HubRequest {
  readonly method: string
  /** Path and query as sent, for links. */
  readonly path: string
  /** Path parameters, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Parsed body of routes with `body: 'json'`, `'documented'` or `'ld'`. */
  readonly body?: JsonValue
  /** Raw body of routes with `body: 'bytes'`. */
  readonly bytes?: Uint8Array
  /** Body of routes with `body: 'stream'`, as it comes: no faster than it is taken. */
  readonly stream?: AsyncIterable<Buffer>
  readonly caller: Caller
  readonly tenant: Tenant
  readonly requestId: string
  /** Who causes the changes of this request, for the log. */
  readonly origin: Origin
  /** Address of who is connected, a proxy perhaps; of routes that are `addressed`. */
  readonly address?: string
  /** The representation that was agreed on, among `Route.produces`. */
  readonly accept: MediaType
  /** What the request demands of the state that it changes; only there when it says so. */
  readonly precondition?: Precondition
  /** Names the attempt to carry out a request that has an Idempotency-Key: the same when it is tried again. */
  readonly attempt?: string
  /** What that attempt did already before it was cut off: ids of what it changed here. */
  readonly carriedOut?: readonly string[]
  /** Takes down how the query is answered; only there when the request asks for it and its caller may know. */
  readonly explanation?: Explanation
  /** Takes down which source supplied what; only there when the request asks for it. */
  readonly provenance?: Provenance
  /** Takes down what is put into the answer of persons; absent: nobody has to know. */
  readonly disclose?: Disclose
  /**
   * The term table of this call (6.3.5): from the Link header, the body's @context, or the default.
   * For bodies that are arrays, of one element (`at`); `headers`: what the headers alone say. @throws Problem
   */
  table(at?: number | 'headers'): Promise<TermTable>
}

/** What a route answers; the encode room makes status line, headers and bytes of it. */
export interface HubAnswer {
  readonly status: number
  /** Plain JSON; sent as `application/json` unless `contentType` says otherwise. */
  readonly body?: JsonValue
  /** JSON-LD in the terms of `table`: the encode room adds @context or the Link header, as was agreed on. */
  readonly linkedData?: JsonObject | readonly JsonObject[]
  /** JSON-LD objects already written as JSON texts, `{…}` each, without @context; `single`: one object, not an array. */
  readonly fragments?: { readonly texts: readonly string[]; readonly single?: true }
  /**
   * Records as texts without @context and without what separates them, one by one as they are asked for; begun with the
   * first. `gone` says when nobody wants them any more.
   */
  readonly stream?: (gone: AbortSignal) => AsyncIterable<string>
  /** The same as bytes that are sent as they are. */
  readonly pieces?: () => AsyncIterable<Uint8Array>
  /** The texts of `stream` are pieces that may come for hours: each is sent at once, as it is. */
  readonly live?: true
  /** Table of `linkedData`, `fragments`, `stream` and `pieces`. */
  readonly table?: TermTable
  /** Member of a FeatureCollection that names its reference system, where it is another than WGS84. */
  readonly crs?: JsonObject
  /** Anything else, with `contentType`. */
  readonly text?: string
  readonly bytes?: Uint8Array
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Tells whether the same request would be answered the same again; absent where only asking again would tell. */
  readonly lasting?: Lasting
}

/** One row of a resource's route table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path in koa-router syntax; a trailing slash is accepted too. */
  readonly path: string
  /**
   * `ld`: JSON or JSON-LD with @context rules; `json`: plain JSON; `documented`: plain JSON of the shape that the OpenAPI document
   * gives it; `bytes`: anything; `stream`: anything, of whatever size; `none`: no body.
   */
  readonly body: 'none' | 'ld' | 'json' | 'documented' | 'bytes' | 'stream'
  /** Largest body, bytes; the default is the configuration's. */
  readonly maxBytes?: number
  /** Query parameters that are known here; any other is refused with InvalidRequest. Default: none. */
  readonly parameters?: readonly string[]
  /** Representations that can be had; default `application/json` and `application/ld+json`. */
  readonly produces?: readonly MediaType[]
  /** The operation may create the tenant that the request names (5.5.10). */
  readonly createsTenant?: true
  /** Preconditions that a write takes: on the entity of the path, or that there is none; default: none. */
  readonly preconditions?: 'entity' | 'absence'
  /** Who asks may say so by a ticket in the URL instead of a token. */
  readonly tickets?: true
  /** Who may ask how often depends on the address that a request comes from. */
  readonly addressed?: true
  /** A query that says how it was answered when it is asked to. */
  readonly explains?: true
  /** A read that says which source supplied what when it is asked to. */
  readonly tellsProvenance?: true
  /** A query that may be about an administrative unit. */
  readonly inUnits?: true
  /** It is answered in the language that is asked for. */
  readonly spoken?: true
  /** What a creation creates, when it may come with an Idempotency-Key. */
  readonly idempotent?: 'entity' | 'registration' | 'subscription' | 'batch' | 'upsert'
  handle(request: HubRequest): Promise<HubAnswer>
}
