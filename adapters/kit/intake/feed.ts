import { asOne } from '../../formats/as-one.ts'
import { csv } from '../../formats/csv.ts'
import type { Format } from '../../formats/format.ts'
import { jsonText } from '../../formats/json-text.ts'
import { stationText } from '../../formats/station-text.ts'
import { neededColumns } from '../definition/column-mapping.ts'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import { loadDefinition, type Variables } from '../definition/load-definition.ts'
import { type FeedPlaces, packagedPlaces } from '../mapping/feed-places.ts'
import { type KeyedHash, keyedHash } from '../mapping/keyed-hash.ts'
import { loadMapper } from '../mapping/load-mapper.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { JsonMap } from '../values/json.ts'

/** A feed that is ready to turn inputs into entities. */
export interface Feed {
  readonly definition: FeedDefinition
  readonly format: Format
  readonly map: Mapper
  readonly places: FeedPlaces
  readonly hash: KeyedHash
}

/** What a feed is given where it runs. */
export interface FeedSurroundings {
  readonly places?: FeedPlaces
  /** Options of its transport, in place of those in its feed.yaml. */
  readonly transport?: JsonMap
}

/** Loads a feed from its feed.yaml. @throws FeedFault with every fault */
export async function loadFeed(
  file: string,
  variables: Variables = {},
  { places = packagedPlaces(), transport }: FeedSurroundings = {},
): Promise<Feed> {
  return readyFeed(await loadDefinition(file, { variables, ...(transport && { transport }) }), places)
}

/** Makes a feed of its definition. @throws FeedFault with every fault */
export async function readyFeed(
  definition: FeedDefinition,
  places: FeedPlaces = packagedPlaces(),
): Promise<Feed> {
  const map = await loadMapper(definition, places)
  const hash = await keyedHash(definition)
  const format = await formatOf(definition)
  const isOne = 'together' in definition.format && definition.format.together === true
  return { definition, format: isOne ? asOne(format) : format, map, places, hash }
}

/** What few feeds need is loaded for those. */
async function formatOf({ format, mapping }: FeedDefinition): Promise<Format> {
  // a mapping by columns says what a table has to have
  const needed = 'columns' in mapping ? { columns: neededColumns(mapping) } : {}
  switch (format.kind) {
    case 'station-text':
      return stationText
    case 'csv':
      return csv({ ...needed, ...format })
    case 'json':
      return jsonText(format)
    case 'xlsx':
      return (await import('../../formats/xlsx.ts')).xlsx({ ...needed, ...format })
    case 'features':
      // an XML parser, a ZIP reader and tables of encodings that most feeds never need
      return (await import('../../formats/features.ts')).features(format)
    case 'xml':
      return (await import('../../formats/xml-records.ts')).xmlRecords(format)
    case 'gtfs':
      return (await import('../../formats/gtfs.ts')).gtfs
    case 'gtfs-realtime':
      return (await import('../../formats/gtfs-realtime.ts')).gtfsRealtime
    case 'cap':
      return (await import('../../formats/cap.ts')).cap
    case 'open311':
      return (await import('../../formats/open311.ts')).open311
    default:
      return format satisfies never
  }
}
