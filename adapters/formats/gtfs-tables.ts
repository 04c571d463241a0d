/** Columns of a table of GTFS Schedule. */
export interface Table {
  /** The column that names a row. */
  readonly key: string
  readonly required: ReadonlySet<string>
  readonly optional: ReadonlySet<string>
}

function table(key: string, required: string, optional: string): Table {
  return { key, required: new Set(required.split(' ')), optional: new Set(optional.split(' ')) }
}

/** The tables that are read, in the order in which one refers to the other. */
export const TABLES: ReadonlyMap<string, Table> = new Map([
  [
    'agency.txt',
    table(
      'agency_id',
      'agency_name agency_url agency_timezone',
      'agency_id agency_lang agency_phone agency_fare_url agency_email cemv_support',
    ),
  ],
  [
    'stops.txt',
    table(
      'stop_id',
      'stop_id stop_name stop_lat stop_lon',
      'stop_code tts_stop_name stop_desc zone_id stop_url location_type parent_station stop_timezone wheelchair_boarding level_id platform_code stop_access',
    ),
  ],
  [
    'routes.txt',
    table(
      'route_id',
      'route_id route_type',
      'agency_id route_short_name route_long_name route_desc route_url route_color route_text_color route_sort_order continuous_pickup continuous_drop_off network_id cemv_support',
    ),
  ],
  [
    'trips.txt',
    table(
      'trip_id',
      'route_id service_id trip_id',
      'trip_headsign trip_short_name direction_id block_id shape_id wheelchair_accessible bikes_allowed cars_allowed safe_duration_factor safe_duration_offset',
    ),
  ],
])

/** Tables of GTFS that are not read. */
export const OTHER_TABLES: ReadonlySet<string> = new Set(
  (
    'areas attributions booking_rules calendar calendar_dates fare_attributes fare_leg_join_rules fare_leg_rules fare_media ' +
    'fare_products fare_rules fare_transfer_rules feed_info frequencies levels location_group_stops location_groups networks ' +
    'pathways rider_categories route_networks shapes stop_areas timeframes transfers translations'
  )
    .split(' ')
    .map((name) => `${name}.txt`),
)
