import { type Setting, text } from './config-setting.ts'

/** A file of boundaries, as configured. */
export interface ConfiguredBoundaries {
  readonly file: string
  readonly on: string
  readonly code?: string
  readonly crs?: string
}

/** What the hub knows of places: boundaries of administrative units. */
export const PLACE_SETTINGS = {
  'places.boundaries': {
    type: 'objects',
    description:
      'Files (GeoJSON) with boundaries of administrative units: `on`, a day on which its units were valid; `code`, the property with the code of the unit (default `code`); `crs`, the reference system of its coordinates, such as EPSG:9213, where they are not longitude and latitude. Without any, no unit is found by a point',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['file', 'on'],
      properties: {
        file: text,
        on: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
        code: text,
        crs: text,
      },
    },
  },
} as const satisfies Record<string, Setting>
