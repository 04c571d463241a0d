import type { components } from '../../generated/types.ts'
import { typeSelection } from '../query/names.ts'
import { dateTime } from '../query/values.ts'
import { checkWhole, HubProblem } from '../transport/hub-problem.ts'
import { readLines } from '../transport/lines.ts'
import { type Answers, answers } from '../transport/pages.ts'
import type { Question, RequestOptions, Transport } from '../transport/transport.ts'
import { etagOf, KeptAnswers } from './entity-tags.ts'
import type { Answered, EntityNamed, Format, Fragment, NewEntity, Picked, TypeName } from './entity-types.ts'
import {
  type MemberName,
  type OtherParameters,
  type QueryOptions,
  questionOf,
  type View,
} from './query-options.ts'

const PATH = '/ngsi-ld/v1/entities'
const KEPT = 200
/** Writers that change the same entity at the same time, before one of them gives up. */
const RACES = 10

/** What a write of one entity may be given. */
export interface WriteOptions extends RequestOptions {
  /** ETag of the state that is written on; 412 when it is another one by then. */
  readonly ifMatch?: string | undefined
}

/** What a merge may be given (CIM 009 v1.9.1, 5.6.17). */
export interface MergeOptions extends WriteOptions {
  /** When values were observed that do not say so themselves. */
  readonly observedAt?: Date | string
}

type Several<Types, Name extends TypeName<Types>> = Name | readonly Name[]
type Result = components['schemas']['BatchOperationResult']

/** Entities of a hub, typed by the name of their type. A write of one that is done in part only throws, as one that is refused does. */
export class Entities<Types> {
  readonly #transport: Transport
  readonly #kept = new KeptAnswers(KEPT)

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Query Entities (CIM 009 v1.9.1, 5.7.2): all that match, as they are iterated over. `*` is every type. @throws TypeError */
  query<
    Name extends TypeName<Types>,
    Form extends Format = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
    Language extends string | undefined = undefined,
  >(
    type: Several<Types, Name>,
    options: QueryOptions<Types, EntityNamed<Types, Name>, Form, Names, Language> = {},
  ): Answers<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>> {
    const question = queryOf(type, options)
    return answers(this.#transport, () => ({ path: PATH, accept: 'application/json', ...question }))
  }

  /** All that match and that this hub has itself, as a stream without pages; `limit` caps the total. @throws HubProblem */
  export<
    Name extends TypeName<Types>,
    Form extends Format = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
    Language extends string | undefined = undefined,
  >(
    type: Several<Types, Name>,
    options: QueryOptions<Types, EntityNamed<Types, Name>, Form, Names, Language> = {},
  ): AsyncIterable<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>> {
    const { query, ...question } = queryOf(type, options)
    return lines(this.#transport, {
      path: PATH,
      accept: 'application/x-ndjson',
      query: { ...query, local: true },
      ...question,
    })
  }

  /** Retrieve Entity (5.7.1). What has not changed since it was read is not sent again. @throws HubProblem */
  async retrieve<
    Name extends TypeName<Types>,
    Form extends Format = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
    Language extends string | undefined = undefined,
  >(
    type: Name,
    id: string,
    options: View<EntityNamed<Types, Name>, Form, Names, Language> &
      Pick<OtherParameters, 'local' | 'options' | 'datasetId' | 'join' | 'joinLevel'> &
      RequestOptions = {},
  ): Promise<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>> {
    const question = questionOf(options, typeOf(type))
    const request = this.#transport.request({ path: pathOf(id), accept: 'application/json', ...question })
    return this.#kept.ask(request, (sent) => this.#transport.fetch(sent))
  }

  /** Create Entity (5.6.1), once, however often it has to be sent. @throws HubProblem */
  async create<const Name extends TypeName<Types>>(
    entity: { readonly type: Name } & NewEntity<Types, Name>,
    { headers, ...options }: RequestOptions = {},
  ): Promise<void> {
    const key = { 'idempotency-key': freshKey(), ...headers }
    await checkWhole(
      await this.#transport.ask({ ...options, method: 'POST', path: PATH, body: entity, headers: key }),
    )
  }

  /** Merge Entity (5.6.17): lays the fragment over what is there; null takes an attribute away. @throws HubProblem */
  async merge<Name extends TypeName<Types>>(
    type: Name,
    id: string,
    fragment: Fragment<Types, Name>,
    { observedAt, ...options }: MergeOptions = {},
  ): Promise<void> {
    const query = { ...typeOf(type), ...(observedAt !== undefined && { observedAt: dateTime(observedAt) }) }
    await this.#write('PATCH', id, { query, body: withNulls(fragment), options })
  }

  /** Replace Entity (5.6.18). @throws HubProblem */
  async replace<const Name extends TypeName<Types>>(
    entity: { readonly type: Name } & NewEntity<Types, Name>,
    options: WriteOptions = {},
  ): Promise<void> {
    await this.#write('PUT', entity.id, { body: entity, options })
  }

  /** Delete Entity (5.6.6). @throws HubProblem */
  async delete(id: string, options: WriteOptions = {}): Promise<void> {
    await this.#write('DELETE', id, { options })
  }

  /**
   * Reads an entity, merges what is made of it, and begins anew when somebody else changed it in between. Nothing is written when
   * undefined is made of it. @throws HubProblem
   */
  async change<Name extends TypeName<Types>>(
    type: Name,
    id: string,
    make: (entity: Answered<EntityNamed<Types, Name>, 'normalized'>) => Fragment<Types, Name> | undefined,
    options: RequestOptions = {},
  ): Promise<void> {
    for (let race = 1; ; race++) {
      const entity = await this.retrieve(type, id, options)
      const fragment = make(entity as Answered<EntityNamed<Types, Name>, 'normalized'>) // nothing was picked
      if (fragment === undefined) return
      try {
        return await this.merge(type, id, fragment, { ...options, ifMatch: etagOf(entity) })
      } catch (problem) {
        if (race >= RACES || !HubProblem.is(problem, 'PreconditionFailed')) throw problem
      }
    }
  }

  /** Batch Entity Creation or Update (5.6.8): what became of each. Attributes that are not named stay with `update`. @throws HubProblem */
  upsert<Name extends TypeName<Types>>(
    entities: readonly ({ readonly type: Name } & NewEntity<Types, Name>)[],
    { mode = 'update', ...options }: RequestOptions & { readonly mode?: 'update' | 'replace' } = {},
  ): Promise<Result> {
    const headers = { 'idempotency-key': freshKey(), ...options.headers }
    return this.#batch('upsert', entities, { ...options, query: { options: mode }, headers })
  }

  /** Batch Entity Delete (5.6.10): what became of each. @throws HubProblem */
  deleteAll(ids: readonly string[], options: RequestOptions = {}): Promise<Result> {
    return this.#batch('delete', ids, options)
  }

  async #write(
    method: 'PUT' | 'PATCH' | 'DELETE',
    id: string,
    {
      options: { ifMatch, headers, ...options },
      ...question
    }: { readonly options: WriteOptions } & Pick<Question, 'query' | 'body'>,
  ): Promise<void> {
    const conditions = { ...headers, ...(ifMatch !== undefined && { 'if-match': ifMatch }) }
    const path = pathOf(id)
    await checkWhole(
      await this.#transport.ask({ ...options, ...question, method, path, headers: conditions }),
    )
  }

  async #batch(
    operation: 'upsert' | 'delete',
    items: readonly unknown[],
    options: RequestOptions & Pick<Question, 'query'>,
  ): Promise<Result> {
    const response = await this.#transport.ask({
      ...options,
      method: 'POST',
      path: `/ngsi-ld/v1/entityOperations/${operation}`,
      body: items,
    })
    if (response.status === 207) return response.json() as Promise<Result> // as the OpenAPI document says
    const ids = items.map((item) => (typeof item === 'string' ? item : (item as { id: string }).id)) // each is one or the other
    return { success: ids, errors: [] }
  }
}

/** Reads the lines of a stream, which is asked for when somebody iterates. @throws HubProblem */
export async function* lines<T>(transport: Transport, question: Question): AsyncGenerator<T> {
  const { body } = await transport.ask(question)
  for await (const line of readLines(body)) yield line as T // what the type of the question says
}

function queryOf(
  type: string | readonly string[],
  options: Parameters<typeof questionOf>[0],
): ReturnType<typeof questionOf> {
  return questionOf(options, { type: typeSelection(type) })
}

/** The type of one entity helps a hub to find who has it. */
function typeOf(type: string): { readonly type?: string } {
  return type === '*' ? {} : { type: typeSelection(type) }
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`
}

/** The standard has a text for what is to be taken away, since JSON-LD drops null (4.5.0). */
function withNulls(fragment: object): object {
  return Object.fromEntries(
    Object.entries(fragment).map(([name, value]) => [name, value === null ? 'urn:ngsi-ld:null' : value]),
  )
}

/** A text that nobody else has, also where a page is not served over TLS. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
