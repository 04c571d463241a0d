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
import type { Question, RequestOptions, Transport } from '../transport/transport.ts'
import {
  eventLines,
  type Following,
  feedLines,
  followStream,
  isTold,
  type Line,
  type Progress,
} from './follow-stream.ts'
import { type OpenSocket, platformSocket, socketLines } from './socket.ts'

const FEED = '/hub/v1/changes'
const EVENTS = '/hub/v1/events'
/** Seconds that the feed may keep a question open until something changes. */
const PATIENCE = 60
/** Longer than that, and than the hub is silent between changes. */
const SILENCE = 90_000

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

/** How changes are followed. */
interface Connection {
  readonly after?: string
  /** Server-Sent Events unless said otherwise; `feed` asks again and again, where nothing else comes through. */
  readonly by?: 'events' | 'socket' | 'feed'
  /** Opens a WebSocket where the platform has none (Node 20): `(url, protocols) => new WebSocket(url, protocols)` of `ws`. */
  readonly openSocket?: OpenSocket
  /** Milliseconds without a sign of life after which the connection is taken for lost; 90 seconds unless said otherwise. */
  readonly silence?: number
}

type FollowOptions<Types, Entity, Form extends Format, Names, Language> = ChangeOptions<
  Types,
  Entity,
  Form,
  Names,
  Language
> &
  Connection

/** What changes in a hub, typed by the name of the type. */
export class Changes<Types> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Answers the token that stands for now: what is read after it is in it, or comes behind it. @throws HubProblem */
  async now(options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    let last = ''
    for await (const { after } of feedLines(this.#transport, { ...options, path: FEED })) last = after
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
    return followed(options.after, (progress) => this.#feed(progress, questionAbout(type, options)))
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
    options: FollowOptions<Types, EntityNamed<Types, Name>, Form, Names, Language> = {},
  ): Followed<Change<Picked<Answered<EntityNamed<Types, Name>, Form, Language>, Names>>> {
    const { by, openSocket, silence, ...asked } = options
    return this.#follow(questionAbout(type, asked), options)
  }

  /** Tells the notifications of a subscription, paused or not, as `follow` does. @throws HubProblem */
  async *notifications(
    subscription: string,
    options: Pick<Connection, 'after' | 'openSocket' | 'silence'> &
      RequestOptions & { readonly by?: 'events' | 'socket' } = {},
  ): AsyncGenerator<Notification> {
    const { signal, headers } = options
    const question = questionOf({ ...(signal && { signal }), ...(headers && { headers }) }, { subscription })
    for await (const { notification } of this.#follow<Change>(question, options))
      if (notification) yield notification
  }

  #follow<Item>(
    question: Omit<Question, 'path'>,
    { by = 'events', openSocket, silence = SILENCE, after }: Connection,
  ): Followed<Item> {
    const transport = this.#transport
    const socket = by === 'socket' ? (openSocket ?? platformSocket()) : undefined
    const open: Following['open'] = (from, signal) => {
      const asked = { ...question, signal }
      if (by === 'feed') return feedLines(transport, withQuery(asked, { after: from, wait: PATIENCE }, FEED))
      const stream = withQuery(asked, { after: from }, EVENTS)
      return socket ? socketLines(transport, stream, socket) : eventLines(transport, stream)
    }
    return followed(
      after,
      (progress) => followStream(progress, { open, signal: question.signal, silence }),
      () => this.now(question.signal && { signal: question.signal }),
    )
  }

  /** Asks the feed until it says that the end was reached. */
  async *#feed(progress: Progress, question: Omit<Question, 'path'>): AsyncGenerator<Line> {
    for (let more = true; more; ) {
      more = false
      for await (const line of feedLines(
        this.#transport,
        withQuery(question, { after: progress.after }, FEED),
      )) {
        progress.after = line.after
        more = line.more === true
        if (isTold(line)) yield line
      }
    }
  }
}

function followed<Item>(
  after: string | undefined,
  begin: (progress: Progress) => AsyncGenerator<Line>,
  now: () => Promise<string> = async () => '',
): Followed<Item> {
  let progress = after === undefined ? undefined : { after }
  async function* items(): AsyncGenerator<Item> {
    progress ??= { after: await now() }
    for await (const line of begin(progress)) yield line as Item // what was asked for
  }
  return {
    get after() {
      return progress?.after
    },
    [Symbol.asyncIterator]: items,
  }
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
