import { existsSync } from 'node:fs'
import path from 'node:path'
import type { JsonMap } from '../../../../adapters/kit/values/json.ts'
import { CommandFailure } from '../../command-failure.ts'

/** What is said of a source on the command line. */
export interface SourceOptions {
  readonly query?: string
  readonly every?: number
  readonly user?: string
  readonly passwordFile?: string
  readonly tokenFile?: string
  readonly unencrypted?: true
  readonly hostKey?: string
  readonly mqttVersion?: string
}

/** A source as a feed.yaml has it, and names that say what it is of. */
export interface Source {
  readonly transport: JsonMap
  readonly hints: readonly string[]
  /** A name for a feed of it. */
  readonly name: string
}

/** Reads where a source is: an address by its scheme, else a file or folder of this machine. @throws CommandFailure */
export function sourceOf(from: string, feed: string | undefined, options: SourceOptions): Source {
  const scheme = /^([a-z]+):/i.exec(from)?.[1]?.toLowerCase() ?? ''
  const every = options.every === undefined ? {} : { everySeconds: options.every }
  switch (scheme) {
    case 'http':
    case 'https':
      return named(from, { kind: 'http-poll', url: from, ...authentication(options), ...every })
    case 'ftp':
    case 'ftps':
      return named(from, { kind: 'ftp', url: from, ...account(options), ...encryption(options), ...every })
    case 'sftp':
      return named(from, {
        ...{ kind: 'sftp', url: from, hostKey: options.hostKey ?? '' },
        ...{ ...account(options), ...every },
      })
    case 'mqtt':
    case 'mqtts':
      return messages(from, feed, options)
    case 'postgresql':
    case 'mysql':
    case 'sqlite':
      return rows(from, { ...options, every })
    default:
      return files(from, every)
  }
}

function named(from: string, transport: JsonMap): Source {
  const { hostname, pathname } = new URL(from)
  const words = decodeURIComponent(pathname).split('/').filter(Boolean)
  return { transport, hints: [hostname, ...words], name: slug(words.at(-1) ?? hostname) }
}

function messages(from: string, feed: string | undefined, options: SourceOptions): Source {
  const { protocol, host, pathname } = new URL(from)
  const topic = decodeURIComponent(pathname.slice(1)) || '#'
  const name = slug(topic.split('/').findLast((part) => /^[\w-]{2,}$/.test(part)) ?? host)
  const transport = {
    ...{ kind: 'mqtt', url: `${protocol}//${host}`, topics: [topic], client: `hub-${feed ?? name}` },
    ...(options.mqttVersion !== undefined && { version: options.mqttVersion }),
    ...account(options),
  }
  return { transport, hints: topic.split('/'), name }
}

function rows(
  from: string,
  { query, every, ...options }: Omit<SourceOptions, 'every'> & { every: object },
): Source {
  if (query === undefined) throw new CommandFailure('Query of the database is not said: --query', 2)
  const url = from.startsWith('sqlite:') ? `sqlite:${path.resolve(from.slice('sqlite:'.length))}` : from
  const tables = [...query.matchAll(/\b(?:from|join)\s+["'`[]?([\w.]+)/gi)].map(([, table = '']) => table)
  const transport = { kind: 'sql', url, query, ...account(options), ...encryption(options), ...every }
  return { transport, hints: tables, name: slug(tables[0] ?? 'rows') }
}

function files(from: string, every: object): Source {
  const place = path.resolve(from)
  if (!existsSync(place))
    throw new CommandFailure(`Source ${from} is neither an address nor a file or folder here`, 2)
  const name = path.parse(place).name
  const hints = [name, path.basename(path.dirname(place))]
  return { transport: { kind: 'directory', path: place, ...every }, hints, name: slug(name) }
}

function account({ user, passwordFile }: SourceOptions): JsonMap {
  return {
    ...(user !== undefined && { user }),
    ...(passwordFile !== undefined && { password: { file: path.resolve(passwordFile) } }),
  }
}

function encryption({ unencrypted }: SourceOptions): JsonMap {
  return unencrypted ? { encryption: 'none' } : {}
}

function authentication({ user, passwordFile, tokenFile }: SourceOptions): JsonMap {
  if (tokenFile !== undefined)
    return { authentication: { kind: 'bearer', token: { file: path.resolve(tokenFile) } } }
  if (user === undefined || passwordFile === undefined) return {}
  return { authentication: { kind: 'basic', user, password: { file: path.resolve(passwordFile) } } }
}

/** A name as feeds have it. */
export function slug(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase()
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 64) || 'feed'
  )
}
