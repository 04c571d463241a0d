import type { EntityDocument } from '../values/entity-document.ts'
import type { Json, JsonMap } from '../values/json.ts'
import type { FeedPlaces } from './feed-places.ts'
import type { KeyedHash } from './keyed-hash.ts'

/** What a mapping may know besides the record. */
export interface MapContext {
  readonly feed: { readonly name: string; readonly source: string; readonly dataProvider: string }
  readonly variables: Readonly<Record<string, string>>
  readonly tables: JsonMap
  /** Where the record came in, and when. */
  readonly input: { readonly name: string; readonly receivedAt?: string }
  readonly places: FeedPlaces
  /** Answers what stands for a plate or another identifier, under the key of the feed. */
  readonly hash: KeyedHash
  /** Sets a value aside that cannot be true: the rest of the record is written, the record is quarantined too. The text has no value of it. */
  doubt(text: string): void
  /**
   * Says what is new about the source, such as a field that the mapping does not know: quarantined once for each input. What of
   * a record it is about is `said` apart, for those who may see what the source sent.
   */
  notice(text: string, said?: string): void
}

/** Turns one record into entities. @throws RecordFault when it cannot */
export type Mapper = (
  record: Json,
  context: MapContext,
) => readonly EntityDocument[] | Promise<readonly EntityDocument[]>
