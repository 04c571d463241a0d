import type { ConfiguredOntology } from './config-ontology.ts'
import type { ConfiguredBoundaries, ConfiguredSystem } from './config-places.ts'
import type { ConfiguredPrivacy } from './config-privacy.ts'
import type { ConfiguredSealing } from './config-sealing.ts'
import type { ConfiguredSource } from './config-sources.ts'

/** A claim-bearing account or client of the built-in provider, as configured. */
export interface ConfiguredSubject {
  readonly roles?: readonly string[]
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
  readonly title?: string
}

/** An indicator that the hub derives, as configured: names are those of the default @context. */
export interface ConfiguredIndicator {
  readonly name: string
  readonly type: string
  readonly attributes: readonly string[]
  readonly calculation: 'vn-aqi-hour' | 'vn-aqi-day' | 'noise' | 'rain-day' | 'moving-average'
  readonly minimumHours?: number
  readonly part?: 'day' | 'evening' | 'night'
  readonly regulation?: 'QCVN 26:2010/BTNMT' | 'QCVN 26:2025/BNNMT'
  readonly hours?: number
  readonly accumulated?: boolean
  readonly target: { readonly type: string; readonly attribute: string }
  readonly alert?: {
    readonly type?: string
    readonly side?: 'above' | 'below'
    readonly raise: number
    readonly clear: number
    readonly severity?: string
    readonly category?: string
  }
}

/** Of what a tenant may have so many. */
export type QuotaName = 'entities' | 'contexts' | 'registrations' | 'subscriptions' | 'feeds' | 'quarantine'

/** The checked settings, frozen. Relative paths are resolved against the folder of the file. */
export interface Config {
  readonly name: string
  readonly title: string
  readonly city: string
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly graceSeconds: number
    readonly tls: Readonly<Record<'certificate' | 'key' | 'clientAuthorities', string>> & {
      readonly clients: 'none' | 'request' | 'require'
    }
  }
  readonly publicUrl: string
  readonly data: string
  readonly secret: string
  readonly store: {
    readonly kind: 'embedded' | 'memory' | 'mongodb'
    readonly mongodb: { readonly url: string; readonly database: string; readonly staleness: number }
  }
  readonly auth: {
    readonly mode: 'required' | 'off'
    readonly insecure: boolean
    readonly audience: string
    readonly issuers: readonly {
      readonly issuer: string
      readonly audience?: string
      readonly jwksUri?: string
      readonly roles?: readonly string[]
      readonly purposes?: readonly string[]
      readonly tenants?: readonly string[]
      readonly assurance?: Readonly<Record<string, number>>
      readonly claims?: Readonly<
        Partial<Record<'role' | 'organisation' | 'city' | 'purpose' | 'name', string>>
      >
    }[]
    readonly defaultPurpose: string
    readonly proofUrls: readonly string[]
    readonly policies: readonly string[]
    readonly watch: number
  }
  readonly masking: { readonly keyFile: string }
  readonly sealing: ConfiguredSealing
  readonly audit: {
    readonly folder: string
    readonly heads: string
    readonly sealSeconds: number
    readonly segmentBytes: number
    readonly keepMonths: number
  }
  readonly identity: {
    readonly enabled: boolean
    readonly demoGrant: boolean
    readonly demoPassword: string
    readonly sessionMinutes: number
    readonly idleMinutes: number
    readonly offlineDays: number
    readonly keyDays: number
    readonly secondFactor: readonly string[]
    readonly accounts: readonly (ConfiguredSubject & {
      readonly name: string
      readonly password?: string
      readonly secondFactor?: boolean
      readonly secondFactorSince?: string
    })[]
    readonly clients: readonly (ConfiguredSubject & {
      readonly id: string
      readonly secret?: string
      readonly redirectUris?: readonly string[]
      readonly logoutUri?: string
      readonly bound?: boolean
      readonly certificate?: string
      readonly device?: boolean
      readonly thirdParty?: boolean
      readonly audiences?: readonly string[]
    })[]
  }
  readonly places: {
    readonly boundaries: readonly ConfiguredBoundaries[]
    readonly systems: readonly ConfiguredSystem[]
  }
  readonly egress: { readonly mode: '' | 'guarded' | 'open'; readonly allow: readonly string[] }
  readonly context: {
    readonly default: string
    readonly served: 'user' | 'complete'
    readonly synonyms: boolean
  }
  readonly federation: {
    readonly timeout: number
    readonly answerBytes: number
    readonly keptBytes: number
    readonly keptSeconds: number
    readonly probe: boolean
    readonly splitEntities: boolean
    readonly renewal: number
    readonly askIdentity: boolean
    readonly client: string
    readonly secret: string
    readonly tokenUrl: string
    readonly plainHttp: boolean
    readonly sources: readonly ConfiguredSource[]
  }
  readonly history: {
    readonly packDays: number
    readonly rangeUnit: 'DateTime' | 'date-time'
    readonly record: readonly {
      readonly types?: readonly string[]
      readonly attributes?: readonly string[]
      readonly keep: 'all' | 'changed' | 'sampled' | 'off'
      /** Seconds. */
      readonly every?: number
    }[]
    readonly retain: readonly {
      readonly types?: readonly string[]
      readonly attributes?: readonly string[]
      readonly retention?: readonly string[]
      /** Lengths of ISO 8601 in whole days. */
      readonly instances?: string
      readonly hourly?: string
      readonly daily?: string
    }[]
  }
  readonly ontology: ConfiguredOntology
  readonly privacy: ConfiguredPrivacy
  readonly feeds: readonly {
    readonly file: string
    readonly variables?: Readonly<Record<string, string>>
    /** Options of its transport, in place of those in the file. */
    readonly transport?: Readonly<Record<string, unknown>>
  }[]
  readonly indicators: readonly ConfiguredIndicator[]
  readonly limits: Readonly<
    Record<
      | QuotaName
      | 'requestsPerSecond'
      | 'burst'
      | 'tenantRequestsPerSecond'
      | 'headerBytes'
      | 'bodyBytes'
      | 'batchBytes'
      | 'batchItems'
      | 'instances'
      | 'joined'
      | 'entityBytes'
      | 'page'
      | 'maxPage'
      | 'pageBytes'
      | 'rows'
      | 'exports'
      | 'imports'
      | 'tenants'
      | 'idempotencyKeys'
      | 'idempotencyHours'
      | 'snapshots'
      | 'streams'
      | 'callerStreams'
      | 'callerSubscriptions'
      | 'fragments',
      number
    >
  > & {
    readonly quotas: readonly ({ readonly tenant: string } & Readonly<Partial<Record<QuotaName, number>>>)[]
  }
  readonly subscriptions: Readonly<
    Record<
      | 'delegationDays'
      | 'connections'
      | 'underWay'
      | 'queued'
      | 'shortestInterval'
      | 'firstDelay'
      | 'longestDelay'
      | 'attempts'
      | 'retryHours'
      | 'deadLetters',
      number
    >
  > & { readonly dropOldest: boolean; readonly plainHttp: boolean }
  readonly changes: { readonly retentionDays: number; readonly heartbeat: number }
  readonly corsOrigins: readonly string[]
  readonly compressBytes: number
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent' }
  /** What somebody should look at, though a hub starts with it. */
  readonly warnings: readonly string[]
}
