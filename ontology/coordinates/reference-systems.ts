/** A coordinate reference system that hubs and feeds read and write; positions are east before north, degrees or metres. */
export interface ReferenceSystem {
  /** As it is named here: EPSG:9213. */
  readonly id: string
  readonly name: string
  readonly unit: 'degree' | 'metre'
  /** Definition as PROJ writes it. */
  readonly definition: string
}

/** Longitude and latitude of WGS84: what entities are kept in. */
export const WGS84 = 'OGC:CRS84'
/** The system of the province: VN-2000, central meridian 106°30′. */
export const PROVINCE_SYSTEM = 'EPSG:9213'

/**
 * From VN-2000 to WGS84 by seven parameters (EPSG:6960, accurate to 1 m). The rotations are those of position vectors: EPSG states
 * those of the coordinate frame, with the other sign. Without them a place is 224 m off.
 */
const VN2000 =
  '+ellps=WGS84 +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278'

/** Zones of three degrees of VN-2000 by their EPSG codes: each province has its central meridian. */
const ZONES: readonly (readonly [code: number, meridian: number])[] = [
  [5896, 102],
  [9205, 103],
  [9206, 104],
  [9207, 104.5],
  [9208, 104.75],
  [5897, 105],
  [9209, 105.5],
  [9210, 105.75],
  [9211, 106],
  [9212, 106.25],
  [9213, 106.5],
  [9214, 107],
  [9215, 107.25],
  [9216, 107.5],
  [5899, 107.75],
  [5898, 108],
  [9217, 108.25],
  [9218, 108.5],
]

const mercator = (meridian: number, scale: number, datum: string): string =>
  `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=${scale} +x_0=500000 +y_0=0 ${datum} +units=m +no_defs`

/** The systems that are known without being declared. */
export const REFERENCE_SYSTEMS: readonly ReferenceSystem[] = [
  { id: WGS84, name: 'WGS 84', unit: 'degree', definition: '+proj=longlat +datum=WGS84 +no_defs' },
  { id: 'EPSG:4756', name: 'VN-2000', unit: 'degree', definition: `+proj=longlat ${VN2000} +no_defs` },
  ...ZONES.map(
    ([code, meridian]): ReferenceSystem => ({
      id: `EPSG:${code}`,
      name: `VN-2000 / TM-3 ${degrees(meridian)}`,
      unit: 'metre',
      definition: mercator(meridian, 0.9999, VN2000),
    }),
  ),
  {
    id: 'EPSG:3405',
    name: 'VN-2000 / UTM zone 48N',
    unit: 'metre',
    definition: mercator(105, 0.9996, VN2000),
  },
  {
    id: 'EPSG:3406',
    name: 'VN-2000 / UTM zone 49N',
    unit: 'metre',
    definition: mercator(111, 0.9996, VN2000),
  },
  {
    id: 'EPSG:32648',
    name: 'WGS 84 / UTM zone 48N',
    unit: 'metre',
    definition: mercator(105, 0.9996, '+datum=WGS84'),
  },
  {
    id: 'EPSG:32649',
    name: 'WGS 84 / UTM zone 49N',
    unit: 'metre',
    definition: mercator(111, 0.9996, '+datum=WGS84'),
  },
]

/** Answers the id that a name stands for: EPSG:9213, 9213, a URN or a URI of the OGC; undefined: no such name. */
export function systemId(name: string): string | undefined {
  const text = name.trim()
  if (
    /^(?:urn:ogc:def:crs:OGC:[\d.]*:CRS84|https?:\/\/www\.opengis\.net\/def\/crs\/OGC\/[\d.]+\/CRS84|(?:OGC:)?CRS84)$/i.test(
      text,
    )
  )
    return WGS84
  const code =
    /^(?:EPSG:|urn:ogc:def:crs:EPSG:[\d.]*:|https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/[\d.]+\/)?(\d{4,6})$/i.exec(
      text,
    )?.[1]
  return code === undefined ? undefined : `EPSG:${code}`
}

/** Answers the URI by which the OGC names a system. */
export function systemUri(id: string): string {
  const [authority = '', code = ''] = id.split(':')
  return `http://www.opengis.net/def/crs/${authority}/${authority === 'OGC' ? '1.3' : '0'}/${code}`
}

function degrees(meridian: number): string {
  const minutes = Math.round((meridian % 1) * 60)
  return `${Math.floor(meridian)}-${String(minutes).padStart(2, '0')}`
}
