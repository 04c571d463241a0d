import type { Field, FieldKind, Message } from './protobuf.ts'

const one = (name: string, kind: FieldKind): Field => ({ name, kind })
const all = (name: string, kind: FieldKind): Field => ({ name, kind, many: true })
const passed = (name: string): Field => ({ name, kind: 'passed' })
const messageOf = (message: string, fields: Message['fields']): Message => ({ message, fields })

const TRIP = messageOf('TripDescriptor', {
  1: one('trip_id', 'text'),
  2: one('start_time', 'text'),
  3: one('start_date', 'text'),
  4: one('schedule_relationship', [
    'SCHEDULED',
    'ADDED',
    'UNSCHEDULED',
    'CANCELED',
    '',
    'REPLACEMENT',
    'DUPLICATED',
    'DELETED',
    'NEW',
  ]),
  5: one('route_id', 'text'),
  6: one('direction_id', 'integer'),
  7: passed('modified_trip'),
})

/** The plate is not even read: the number in the fleet says which vehicle it is. */
const VEHICLE = messageOf('VehicleDescriptor', {
  1: one('id', 'text'),
  2: one('label', 'text'),
  3: passed('license_plate'),
  4: passed('wheelchair_accessible'),
})

const POSITION = messageOf('Position', {
  1: one('latitude', 'float'),
  2: one('longitude', 'float'),
  3: one('bearing', 'float'),
  4: passed('odometer'),
  5: one('speed', 'float'),
})

const EVENT = messageOf('StopTimeEvent', {
  1: one('delay', 'signed'),
  2: one('time', 'signed'),
  3: passed('uncertainty'),
  4: passed('scheduled_time'),
})

const STOP_TIME = messageOf('StopTimeUpdate', {
  1: one('stop_sequence', 'integer'),
  2: one('arrival', EVENT),
  3: one('departure', EVENT),
  4: one('stop_id', 'text'),
  5: one('schedule_relationship', ['SCHEDULED', 'SKIPPED', 'NO_DATA', 'UNSCHEDULED']),
  6: passed('stop_time_properties'),
  7: passed('departure_occupancy_status'),
})

const TRIP_UPDATE = messageOf('TripUpdate', {
  1: one('trip', TRIP),
  2: all('stop_time_update', STOP_TIME),
  3: one('vehicle', VEHICLE),
  4: one('timestamp', 'integer'),
  5: passed('delay'),
  6: passed('trip_properties'),
})

const VEHICLE_POSITION = messageOf('VehiclePosition', {
  1: one('trip', TRIP),
  2: one('position', POSITION),
  3: passed('current_stop_sequence'),
  4: one('current_status', ['INCOMING_AT', 'STOPPED_AT', 'IN_TRANSIT_TO']),
  5: one('timestamp', 'integer'),
  6: passed('congestion_level'),
  7: one('stop_id', 'text'),
  8: one('vehicle', VEHICLE),
  9: passed('occupancy_status'),
  10: one('occupancy_percentage', 'integer'),
  11: passed('multi_carriage_details'),
})

const TEXT = messageOf('TranslatedString', {
  1: all('translation', messageOf('Translation', { 1: one('text', 'text'), 2: one('language', 'text') })),
})

const CAUSES = [
  '',
  'UNKNOWN_CAUSE',
  'OTHER_CAUSE',
  'TECHNICAL_PROBLEM',
  'STRIKE',
  'DEMONSTRATION',
  'ACCIDENT',
  'HOLIDAY',
  'WEATHER',
  'MAINTENANCE',
  'CONSTRUCTION',
  'POLICE_ACTIVITY',
  'MEDICAL_EMERGENCY',
]
const EFFECTS = [
  '',
  'NO_SERVICE',
  'REDUCED_SERVICE',
  'SIGNIFICANT_DELAYS',
  'DETOUR',
  'ADDITIONAL_SERVICE',
  'MODIFIED_SERVICE',
  'OTHER_EFFECT',
  'UNKNOWN_EFFECT',
  'STOP_MOVED',
  'NO_EFFECT',
  'ACCESSIBILITY_ISSUE',
]

const ALERT = messageOf('Alert', {
  1: all('active_period', messageOf('TimeRange', { 1: one('start', 'integer'), 2: one('end', 'integer') })),
  5: all(
    'informed_entity',
    messageOf('EntitySelector', {
      1: one('agency_id', 'text'),
      2: one('route_id', 'text'),
      3: passed('route_type'),
      4: one('trip', TRIP),
      5: one('stop_id', 'text'),
      6: passed('direction_id'),
    }),
  ),
  6: one('cause', CAUSES),
  7: one('effect', EFFECTS),
  8: one('url', TEXT),
  10: one('header_text', TEXT),
  11: one('description_text', TEXT),
  12: passed('tts_header_text'),
  13: passed('tts_description_text'),
  14: one('severity_level', ['', 'UNKNOWN_SEVERITY', 'INFO', 'WARNING', 'SEVERE']),
  15: passed('image'),
  16: passed('image_alternative_text'),
  17: passed('cause_detail'),
  18: passed('effect_detail'),
})

/** FeedHeader of GTFS-Realtime 2.0: what the rest was true at. */
export const HEADER = messageOf('FeedHeader', {
  1: one('gtfs_realtime_version', 'text'),
  2: one('incrementality', ['FULL_DATASET', 'DIFFERENTIAL']),
  3: one('timestamp', 'integer'),
  4: passed('feed_version'),
})

/** FeedEntity of GTFS-Realtime 2.0: one vehicle, trip or alert. */
export const ENTITY = messageOf('FeedEntity', {
  1: one('id', 'text'),
  2: one('is_deleted', 'flag'),
  3: one('trip_update', TRIP_UPDATE),
  4: one('vehicle', VEHICLE_POSITION),
  5: one('alert', ALERT),
  6: passed('shape'),
  7: passed('stop'),
  8: passed('trip_modifications'),
})
