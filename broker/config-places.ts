import { type Setting, text } from './config-setting.ts'

/** A file of boundaries, as configured. */
export interface ConfiguredBoundaries {
  readonly file: string
  readonly on: string
  readonly code?: string
  readonly crs?: string
}

/** A reference system that is declared besides those that are known, as configured. */
export interface ConfiguredSystem {
  readonly id: string
  readonly definition: string
}

/** What the hub knows of places: boundaries of administrative units, and reference systems. */
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
  'places.systems': {
    type: 'objects',
    description:
      'Coordinate reference systems besides VN-2000, WGS84 and their zones: `id`, such as EPSG:2044, and `definition` as PROJ writes it, with what turns its datum into WGS84 (`+towgs84`); `+units=m` or `+proj=longlat`',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'definition'],
      properties: {
        id: { type: 'string', pattern: '^EPSG:\\d{4,6}$' },
        definition: { type: 'string', pattern: '^\\+proj=' },
      },
    },
  },
} as const satisfies Record<string, Setting>
