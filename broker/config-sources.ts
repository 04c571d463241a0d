import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { travelsOpen } from '../security/egress/travels-open.ts'
import { checkMode } from './config-secret-file.ts'
import { secretText, text, texts } from './config-setting.ts'

/**
 * How a source learns for whom it is asked. forward: by the caller's own token; on-behalf: by that beside the hub's;
 * exchange: by one that the source's issuer gives for it; none: it does not.
 */
export type SourceIdentity = 'forward' | 'on-behalf' | 'exchange' | 'none'

/** Another hub that the configuration names, and what it is shown. */
export interface ConfiguredSource {
  readonly name: string
  readonly endpoint: string
  readonly types: readonly string[]
  /** Nobody else has any of its entities, so that counts of them are added. */
  readonly apart?: boolean
  /** It is asked for its history too, of times from then on. */
  readonly historySince?: string
  readonly identity?: SourceIdentity
  readonly client?: string
  readonly secret?: string
  readonly tokenUrl?: string
  readonly audience?: string
  /** Names of files as written; texts in PEM once they are read. */
  readonly tls?: SourceTls
}

type SourceTls = Readonly<Partial<Record<'certificate' | 'certificateKey' | 'authorities', string>>>

/** A source as it is written. */
interface WrittenSource extends ConfiguredSource {
  readonly secretVariable?: string
}

/** JSON Schema of a source. */
export const SOURCE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'endpoint', 'types'],
  properties: {
    name: text,
    endpoint: text,
    types: texts,
    apart: { type: 'boolean' },
    historySince: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' },
    identity: { enum: ['forward', 'on-behalf', 'exchange', 'none'] },
    client: text,
    secret: secretText,
    secretVariable: { type: 'string', pattern: '^(?!HUB_)[A-Za-z_][A-Za-z0-9_]*$' },
    tokenUrl: text,
    audience: text,
    tls: {
      type: 'object',
      additionalProperties: false,
      properties: { certificate: text, certificateKey: text, authorities: text },
      dependentRequired: { certificate: ['certificateKey'], certificateKey: ['certificate'] },
    },
  },
  // a secret is never sent to another issuer than the one that it was given for
  dependentRequired: {
    tokenUrl: ['client'],
    secret: ['client'],
    secretVariable: ['client'],
  },
} as const

/** Where files and variables are, and whom to tell what is wrong with them. */
export interface SourcePlaces {
  /** The hub has a client of its own for all sources. */
  readonly client: boolean
  /** There is a token endpoint for all sources. */
  readonly tokenUrl: boolean
  /** The hub runs a provider, at which it is a client itself. */
  readonly provider: boolean
  /** What is told to sources may be read on the way. */
  readonly plainHttp: boolean
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly fault: (text: string) => void
  readonly warn: (text: string) => void
}

/** Reads the secrets and certificates of sources from where the configuration says that they are. */
export function readSources(
  sources: readonly ConfiguredSource[],
  places: SourcePlaces,
): readonly ConfiguredSource[] {
  return sources.map((source) => {
    const at: SourcePlaces = {
      ...places,
      fault: (text) => places.fault(`Source ${source.name} ${text}`),
    }
    checkSource(source, at)
    const { secretVariable, tls, ...rest } = source as WrittenSource // as the schema has it
    const secret = secretOf(source, at)
    return { ...rest, ...(secret !== undefined && { secret }), ...(tls && { tls: readTls(tls, at) }) }
  })
}

function checkSource(source: ConfiguredSource, places: SourcePlaces): void {
  const { client, tokenUrl, provider, fault } = places
  const { identity, endpoint } = source
  for (const url of [endpoint, source.tokenUrl]) {
    if (url === undefined) continue
    if (!isWebUrl(url)) fault('has an address that is no http or https URL')
    else if (!places.plainHttp && travelsOpen(url))
      fault('has an http address, where tokens and personal data can be read on the way; plainHttp allows it')
  }
  if (source.client !== undefined && source.tokenUrl === undefined && !tokenUrl)
    fault('has a client, and no tokenUrl')
  const shown = source.client !== undefined || client
  if (!shown && (identity === 'on-behalf' || identity === 'exchange')) {
    fault(`needs a client for identity ${identity}`)
  }
  const own = provider && source.client === undefined
  if (identity === 'exchange' && source.tokenUrl === undefined && !tokenUrl && !own) {
    fault('needs a tokenUrl for identity exchange')
  }
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function secretOf(
  { secret, secretVariable }: WrittenSource,
  { environment, fault }: SourcePlaces,
): string | undefined {
  if (secret !== undefined && secretVariable !== undefined)
    fault('has more than one of secret, secretFile and secretVariable')
  if (secretVariable === undefined) return secret
  const value = environment[secretVariable]
  if (value === undefined || value === '')
    fault(`has its secret in the variable ${secretVariable}, which is not set`)
  return value
}

function readTls(tls: SourceTls, places: SourcePlaces): SourceTls {
  const read = Object.fromEntries(
    Object.entries(tls).flatMap(([name, file]) => {
      const pem = readText(file, places)
      return pem === undefined ? [] : [[name, pem]]
    }),
  ) as SourceTls // of the same members
  const { certificate, certificateKey, authorities } = read
  if (tls.certificateKey !== undefined) checkMode(tls.certificateKey, 'a source', places)
  try {
    if (authorities !== undefined) new X509Certificate(authorities)
    if (certificate !== undefined && certificateKey !== undefined) {
      const matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(certificateKey))
      if (!matches) places.fault('has a certificateKey that is not that of its certificate')
    }
  } catch {
    places.fault('has a certificate, key or authorities that are no PEM')
  }
  return read
}

function readText(file: string, { folder, fault }: SourcePlaces): string | undefined {
  try {
    return readFileSync(resolve(folder, file), 'utf8')
  } catch {
    fault(`names the file ${file}, which cannot be read`)
    return undefined
  }
}
