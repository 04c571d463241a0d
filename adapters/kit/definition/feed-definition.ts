import type { Extent } from '../../../ontology/coordinates/plausible.ts'
import type { CsvOptions } from '../../formats/csv.ts'
import type { FeaturesOptions } from '../../formats/features.ts'
import type { JsonOptions } from '../../formats/json-text.ts'
import type { XlsxOptions } from '../../formats/xlsx.ts'
import type { XmlOptions } from '../../formats/xml-records.ts'
import type { JsonMap } from '../values/json.ts'
import type { ColumnMapping } from './column-mapping.ts'
import type { TransportDefinition } from './transport-definition.ts'

/** How the bytes of an input become records. */
export type FormatDefinition =
  | { readonly kind: 'station-text' }
  | ({ readonly kind: 'xml' } & XmlOptions)
  | { readonly kind: 'gtfs' }
  | { readonly kind: 'gtfs-realtime' }
  | { readonly kind: 'cap' }
  | { readonly kind: 'open311' }
  | ({ readonly kind: 'csv' } & CsvOptions & TableUse)
  | ({ readonly kind: 'json' } & JsonOptions)
  | ({ readonly kind: 'features' } & FeaturesOptions)
  | ({ readonly kind: 'xlsx' } & XlsxOptions & TableUse)

/** How a table is taken: row by row, or as one record for what can only be said of all of it. */
interface TableUse {
  readonly together?: boolean
}

/** How a record becomes entities: a module that exports `map`, a JSONata expression, or what the columns of a table are. */
export type MappingDefinition =
  | { readonly module: string }
  | { readonly expression: string; readonly timeoutMs?: number }
  | ColumnMapping

/** For which purposes what a feed brings may be read, and of which types that is. */
export interface FeedUse {
  readonly purposes: readonly string[]
  readonly types: readonly string[]
}

/** What a feed of cameras declares: where people are told of them, and how long what they tell is kept. */
export interface FeedPrivacy {
  readonly notice: string
  readonly retentionDays: number
}

/** What a feed.yaml says of the places in its entities. */
export interface PlacesDefinition {
  /** Reference system of the coordinates that the mapping answers; `detect`: whichever puts them into the area. */
  readonly crs?: string
  /** Entities get the unit that their `location` lies in, unless they name one. */
  readonly unit?: 'location'
  /** West, south, east, north of where they may be; default: the province. */
  readonly extent?: Extent
}

/** What the observations of a feed ought to be like; periods are a day, or hours and minutes of it (`PT1H`). */
export interface FeedQuality {
  /** Each attribute of each entity has an observation in each; absent: none is expected. */
  readonly period?: string
  /** Attributes that have another, or `none`. */
  readonly periods?: Readonly<Record<string, string>>
  /** How long after it was made an observation is in time; absent: the period. */
  readonly delay?: string
  /** Attributes whose values never stay the same: so many equal ones in a row come from a stuck sensor. */
  readonly varying?: { readonly attributes: readonly string[]; readonly after: number }
  /** Attributes whose values may not be further from the median of the last ones than so many median deviations. */
  readonly outliers?: {
    readonly attributes: readonly string[]
    readonly window: number
    readonly deviations: number
  }
}

/** What a catalogue tells of the data of a feed, besides what they are. */
export interface FeedDataset {
  readonly description?: string | { readonly vi: string; readonly en: string }
  /** Whom to ask. */
  readonly contact?: { readonly name?: string; readonly email?: string; readonly url?: string }
  /** Acts under which the data are collected: their IRIs, or what they are called. */
  readonly legalBasis?: readonly string[]
  /** To whom they go: everybody, agencies that need them, nobody else. */
  readonly access?: 'open' | 'shared' | 'private'
  /** How the law on data classes them. */
  readonly class?: 'normal' | 'important' | 'core'
  readonly license?: string
  readonly keywords?: readonly string[]
  /** How often something new comes, where no period says so. */
  readonly frequency?: string
  /** IRI of the place that they are of. */
  readonly spatial?: string
}

/** One agency feed, as its feed.yaml says; checked and complete. */
export interface FeedDefinition {
  readonly name: string
  readonly title: string
  /** IRI of the feed: the `source` of every entity it writes. */
  readonly source: string
  readonly dataProvider: string
  readonly context: string
  readonly transport: TransportDefinition
  readonly format: FormatDefinition
  readonly mapping: MappingDefinition
  /** Tables that the mapping reads, such as stations by their code. */
  readonly tables: JsonMap
  /** Most records in one request to the hub. */
  readonly batchSize: number
  /** Largest input that is taken, bytes. */
  readonly maxBytes: number
  /** How far ahead of now an observation may be: senders' clocks differ a little. */
  readonly aheadSeconds: number
  /** For cameras and counted persons: such a feed brings no media, and quarantine keeps no bytes of it. */
  readonly privacy?: FeedPrivacy
  /** The key of what stands for plates and other identifiers; without it the mapping cannot hash. */
  readonly hash?: { readonly key: { readonly file: string } }
  /** In which reference system its coordinates are, and whether entities get their administrative unit. */
  readonly places?: PlacesDefinition
  /** What its data may be read for; absent: whatever the policies permit. */
  readonly use?: FeedUse
  /** What its observations are assessed by; absent: they are not. */
  readonly quality?: FeedQuality
  /** What a catalogue tells of its data. */
  readonly dataset?: FeedDataset
  /** Each attribute that it writes says which record of which delivery it is from. */
  readonly lineage?: boolean
  readonly variables: Readonly<Record<string, string>>
  /** The feed.yaml itself; paths inside are relative to it. */
  readonly file: string
}
