import type { operations } from '../../generated/types.ts'
import type { Answered, EntityNamed, Format, Picked, TypeName } from '../entities/entity-types.ts'
import {
  type Filter,
  type MemberName,
  type OtherParameters,
  questionOf,
  type View,
} from '../entities/query-options.ts'
import { typeSelection } from '../query/names.ts'
import { HubProblem } from '../transport/hub-problem.ts'
import { readEvents, readLines } from '../transport/lines.ts'
import { backOff, pause } from '../transport/retry.ts'
import type { Question, Transport } from '../transport/transport.ts'
import { type OpenSocket, platformSocket, socketLines } from './socket.ts'

const FEED = '/hub/v1/changes'
const EVENTS = '/hub/v1/events'
/** Seconds that the feed may keep a question open until something changes. */
const PATIENCE = 60

/** One change, as the caller sees it. */
export interface Change<Entity = unknown> {
  /** Token to go on from behind this change. */
  readonly after: string
  readonly collection: 'entity' | 'registration' | 'subscription' | 'context'
  readonly action: 'created' | 'updated' | 'deleted'
  readonly at: string
  readonly id: string
  readonly type?: string | readonly string[]
  readonly changed?: readonly {
    readonly attribute: string
    readonly action: 'created' | 'updated' | 'deleted'
    readonly datasetId?: string
  }[]
  /** The entity after the change; absent where it is deleted. */
  readonly entity?: Entity
  /** Instead of a change, where a subscription is followed. */
  readonly notification?: Notification
}

/** What a subscription tells (CIM 009 v1.9.1, 5.3.1). */
export interface Notification {
  readonly id: string
  readonly type: string
  readonly subscriptionId: string
  readonly notifiedAt: string
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly [member: string]: unknown
}

/** Changes as they come. */
export interface Followed<Item> extends AsyncIterable<Item> {
  /** Token behind all that was told, also where nothing changed since: keep it, and go on from there. */
  readonly after: string | undefined
}

type Parameters = NonNullable<operations['readChanges']['parameters']['query']>

type ChangeOptions<Types, Entity, Form extends Format, Names, Language> = Filter<Types, Entity> &
  View<Entity, Form, Names, Language> &
  Pick<
    OtherParameters<Parameters>,
    'options' | 'datasetId' | 'collections' | 'watchedAttributes' | 'triggers'
  > & {
    /** Token to go on from; `earliest` for all that is told; absent: from now on. */
    readonly after?: string
  }

type FollowOptions<Types, Entity, Form extends Format, Names, Language> = ChangeOptions<
  Types,
  Entity,
  Form,
  Names,
  Language
> & {
  /** Server-Sent Events unless said otherwise; `feed` asks again and again, where nothing else comes through. */
  readonly by?: 'events' | 'socket' | 'feed'
  /** Opens a WebSocket where the platform has none (Node 20): `(url, protocols) => new WebSocket(url, protocols)` of `ws`. */
  readonly openSocket?: OpenSocket
}

/** A line of the feed or of a stream: a change, or the token alone. */
interface Line {
  readonly after: string
  readonly id?: string
  readonly notification?: unknown
  readonly more?: true
}

/** What changes in a hub, typed by the name of the type. */
export class Changes<Types> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Answers the token that stands for now: what is read after it is in it, or comes behind it. @throws HubProblem */
  async now(options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    const { body } = await this.#transport.ask({ ...options, path: FEED })
    let last = ''
    for await (const line of readLines(body)) last = (line as Line).after // as the OpenAPI document says
    return last
  }

  /** Tells what changed since a token, and ends. @throws HubProblem; `Gone` for a token that is older than the hub tells */
  read<
    Name extends TypeName<Types>,
    Form extends Format = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
    Language extends string | undefined = undefined,
  >(
    type: Name | readonly Name[],
    options: ChangeOptions<Types, EntityNamed<Types, Name>, Form, Names, Language> & {
      readonly after: string
    },
  ): Followed<Change<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>>> {
    return followed(options.after, (state) => this.#feed(state, questionAbout(type, options)))
  }

  /**
   * Tells what changes, for as long as nobody ends it; goes on by itself behind what was told last when the connection is lost or the hub
   * ends it. @throws HubProblem when the hub does not let it go on, the reason of the signal when it is given up
   */
  follow<
    Name extends TypeName<Types>,
    Form extends Format = 'normalized',
    const Names extends string | readonly MemberName<EntityNamed<Types, Name>>[] = string,
    Language extends string | undefined = undefined,
  >(
    type: Name | readonly Name[],
    {
      by = 'events',
      openSocket,
      ...options
    }: FollowOptions<Types, EntityNamed<Types, Name>, Form, Names, Language> = {},
  ): Followed<Change<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>>> {
    return this.#follow(questionAbout(type, options), { by, openSocket, after: options.after })
  }

  /** Tells the notifications of a subscription, paused or not, as `follow` does. @throws HubProblem */
  async *notifications(
    subscription: string,
    {
      after,
      by = 'events',
      openSocket,
      ...options
    }: Pick<
      FollowOptions<Types, unknown, Format, string, string>,
      'after' | 'signal' | 'headers' | 'openSocket'
    > & {
      readonly by?: 'events' | 'socket'
    } = {},
  ): AsyncGenerator<Notification> {
    const question = questionOf(options, { subscription })
    const told = this.#follow<Change>(question, { by, openSocket, after })
    for await (const { notification } of told) if (notification) yield notification
  }

  #follow<Item>(
    question: Omit<Question, 'path'>,
    {
      by,
      openSocket,
      after,
    }: {
      readonly by: 'events' | 'socket' | 'feed'
      readonly openSocket: OpenSocket | undefined
      readonly after: string | undefined
    },
  ): Followed<Item> {
    const transport = this.#transport
    const socket = by === 'socket' ? (openSocket ?? platformSocket()) : undefined
    const open = (from: string): AsyncIterable<unknown> => {
      if (by === 'feed')
        return feedLines(transport, withQuery(question, { after: from, wait: PATIENCE }, FEED))
      const asked = withQuery(question, { after: from }, EVENTS)
      return socket ? socketLines(transport, asked, socket) : events(transport, asked)
    }
    return followed(after, (state) => this.#untilEnded(state, question, open))
  }

  /** Opens a stream anew whenever it ends. */
  async *#untilEnded<Item>(
    state: State,
    { signal }: Pick<Question, 'signal'>,
    open: (after: string) => AsyncIterable<unknown>,
  ): AsyncGenerator<Item> {
    state.after ??= await this.now(signal && { signal })
    for (let failures = 0; ; failures++) {
      try {
        for await (const line of open(state.after)) {
          failures = 0
          state.after = (line as Line).after // as the OpenAPI document says
          if (isTold(line)) yield line as Item
        }
      } catch (fault) {
        if (signal?.aborted) throw signal.reason
        if (fault instanceof HubProblem && fault.status < 500) throw fault
      }
      await pause(backOff(failures), signal)
    }
  }

  /** Asks the feed until it says that the end was reached. */
  async *#feed<Item>(state: State, question: Omit<Question, 'path'>): AsyncGenerator<Item> {
    for (let more = true; more; ) {
      more = false
      for await (const line of feedLines(
        this.#transport,
        withQuery(question, { after: state.after }, FEED),
      )) {
        state.after = (line as Line).after // as the OpenAPI document says
        more = (line as Line).more === true
        if (isTold(line)) yield line as Item
      }
    }
  }
}

interface State {
  after: string | undefined
}

function followed<Item>(
  after: string | undefined,
  begin: (state: State) => AsyncGenerator<Item>,
): Followed<Item> {
  const state: State = { after }
  return {
    get after() {
      return state.after
    },
    [Symbol.asyncIterator]: () => begin(state),
  }
}

/** A sign of life has a token alone, and what ends a stream has a reason. */
function isTold(line: unknown): boolean {
  return typeof line === 'object' && line !== null && ('id' in line || 'notification' in line)
}

function questionAbout(
  type: string | readonly string[],
  { after, ...options }: { readonly after?: string },
): Omit<Question, 'path'> {
  const selected = typeSelection(type)
  return questionOf(options, selected === '*' ? {} : { type: selected })
}

function withQuery(
  question: Omit<Question, 'path'>,
  more: NonNullable<Question['query']>,
  path: string,
): Question {
  return { ...question, path, query: { ...question.query, ...more } }
}

async function* feedLines(transport: Transport, question: Question): AsyncGenerator<unknown> {
  const { body } = await transport.ask({ ...question, accept: 'application/x-ndjson' })
  yield* readLines(body)
}

/** The data of events; an id alone stands for its token. */
async function* events(transport: Transport, question: Question): AsyncGenerator<unknown> {
  const { body } = await transport.ask({ ...question, accept: 'text/event-stream' })
  for await (const { id, data } of readEvents(body)) {
    if (data !== undefined) yield JSON.parse(data)
    else if (id !== undefined) yield { after: id }
  }
}
