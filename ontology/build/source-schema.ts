const TEXT = {
  type: 'object',
  additionalProperties: false,
  required: ['vi', 'en'],
  properties: { vi: { type: 'string', minLength: 1 }, en: { type: 'string', minLength: 1 } },
} as const

/** The geometries that a GeoProperty may hold (CIM 009 v1.9.1, 4.7). */
export const GEOMETRIES: readonly string[] = [
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
]

const KIND = { enum: ['Property', 'GeoProperty', 'LanguageProperty', 'Relationship'] } as const
const CARDINALITY = { enum: ['0..1', '1', '0..n', '1..n'] } as const
const NAME = '^[A-Za-z][A-Za-z0-9]*$'
const NAMES = { type: 'array', minItems: 1, items: { type: 'string', pattern: NAME } } as const
const RELEASE = '^[0-9]+\\.[0-9]+$'
const DATE = { type: 'string', format: 'date' } as const
const TEXTS = { type: 'array', uniqueItems: true, items: { type: 'string', minLength: 1 } } as const

/** Alignments that are close, or how exact each is. */
const ALIGN = {
  anyOf: [
    TEXTS,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: { same: TEXTS, sub: TEXTS, close: TEXTS },
    },
  ],
} as const

/** In which release something came, is not to be used any more, and what takes its place. */
const LIFE = {
  since: { type: 'string', pattern: RELEASE },
  deprecated: { type: 'string', pattern: RELEASE },
  replacedBy: { type: 'string', pattern: NAME },
} as const

const VALUE_LISTS = {
  type: 'object',
  propertyNames: { pattern: NAME },
  additionalProperties: {
    type: 'object',
    propertyNames: { pattern: NAME.replace('0-9', '0-9_') },
    minProperties: 1,
    additionalProperties: {
      ...TEXT,
      properties: { ...TEXT.properties, synonyms: TEXTS, deprecated: LIFE.deprecated },
    },
  },
} as const

const FACETS = {
  kind: { anyOf: [KIND, { type: 'array', minItems: 1, items: KIND }] },
  range: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
  values: { type: 'string', pattern: NAME },
  target: NAMES,
  geometry: {
    type: 'array',
    minItems: 1,
    items: { enum: GEOMETRIES },
  },
  cardinality: CARDINALITY,
  personalData: { enum: ['none', 'basic', 'sensitive'] },
  label: TEXT,
  definition: TEXT,
  align: ALIGN,
  synonyms: TEXTS,
  retention: { type: 'string', pattern: NAME },
  owner: { type: 'string', pattern: NAME },
  children: { const: true },
  example: true,
  ...LIFE,
} as const

const DEFINED = {
  ...FACETS,
  iri: { type: 'string', format: 'iri' },
  value: {
    enum: ['number', 'integer', 'string', 'boolean', 'uri', 'dateTime', 'date', 'object', 'geometry'],
  },
  shape: { type: 'string', pattern: NAME },
  unit: { type: 'string' },
  subAttributes: { type: 'object', additionalProperties: CARDINALITY },
} as const

/** What has to be known of an attribute, but for its words. */
const WHOLE = {
  required: ['kind', 'personalData'],
  if: { properties: { kind: { const: 'Relationship' } } },
  else: { required: ['value'] },
} as const

/** What several attributes have in common; an attribute that names a form is laid over it. */
const FORM_SCHEMA = { type: 'object', additionalProperties: false, properties: DEFINED, ...WHOLE } as const

/** What a file must state of an attribute that it defines. */
export const ATTRIBUTE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['label', 'definition'],
  properties: { ...DEFINED, form: { type: 'string', pattern: NAME } },
  if: { required: ['form'] },
  else: WHOLE,
} as const

/** What a type may narrow or override of a shared attribute. */
export const USE_SCHEMA = { type: 'object', additionalProperties: false, properties: FACETS } as const

/** A file that declares one type; its attributes are checked one by one. */
export const TYPE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'label', 'definition', 'align', 'owner', 'retention', 'attributes'],
  properties: {
    type: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$' },
    label: TEXT,
    definition: TEXT,
    align: FACETS.align,
    synonyms: FACETS.synonyms,
    owner: FACETS.owner,
    retention: FACETS.retention,
    idPattern: { type: 'string', format: 'regex' },
    idExample: { type: 'string', format: 'iri' },
    valueLists: VALUE_LISTS,
    uses: NAMES,
    ...LIFE,
    attributes: { type: 'object', propertyNames: { pattern: '^[a-z][A-Za-z0-9]*$' } },
  },
} as const

const LABELS = {
  type: 'object',
  propertyNames: { pattern: NAME },
  minProperties: 1,
  additionalProperties: TEXT,
} as const

/** The file of what types share. */
export const COMMON_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...(['namespace', 'version', 'contextUrl', 'title', 'prefixes', 'attributes'] as const),
    ...([
      'release',
      'synonymPrefix',
      'observedAt',
      'domains',
      'owners',
      'retentionClasses',
      'forms',
      'groups',
    ] as const),
  ],
  properties: {
    namespace: { type: 'string', format: 'iri' },
    version: { type: 'string', pattern: '^v[0-9]+$' },
    contextUrl: { type: 'string', format: 'iri' },
    title: TEXT,
    prefixes: { type: 'object', additionalProperties: { type: 'string', format: 'iri' } },
    release: { type: 'string', pattern: RELEASE },
    synonymPrefix: { type: 'string' },
    observedAt: TEXTS,
    domains: LABELS,
    owners: LABELS,
    retentionClasses: LABELS,
    valueLists: VALUE_LISTS,
    forms: { type: 'object', propertyNames: { pattern: NAME }, additionalProperties: FORM_SCHEMA },
    groups: { type: 'object', propertyNames: { pattern: NAME }, additionalProperties: NAMES },
    shapes: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: { enum: ['string', 'number', 'integer', 'boolean'] },
      },
    },
    attributes: TYPE_SCHEMA.properties.attributes,
  },
} as const

const UNIT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'vi', 'en'],
  properties: {
    code: { type: 'string', pattern: '^([0-9]{2}|[0-9]{3}|[0-9]{5})$' },
    vi: { type: 'string', minLength: 1 },
    alsoVi: { type: 'string', minLength: 1 },
    en: { type: 'string', minLength: 1 },
    partOf: { type: 'string' },
    from: DATE,
    to: DATE,
    succeededBy: { type: 'object', minProperties: 1, additionalProperties: { enum: ['full', 'partial'] } },
    point: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    area: { type: 'number', exclusiveMinimum: 0 },
  },
  anyOf: [{ required: ['from'] }, { required: ['to'] }],
} as const

/** The file of administrative units and city scopes. */
export const UNITS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['groups', 'scopes'],
  properties: {
    groups: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['level', 'confidence', 'units'],
        properties: {
          level: { enum: ['province', 'district', 'commune'] },
          confidence: { enum: ['high', 'medium', 'low'] },
          legalBasis: { type: 'string' },
          units: { type: 'array', items: UNIT_SCHEMA },
        },
      },
    },
    scopes: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['key', 'city', 'vi', 'en'],
        properties: {
          key: { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' },
          city: { type: 'string', pattern: '^[0-9]{3}$' },
          vi: { type: 'string' },
          en: { type: 'string' },
        },
      },
    },
  },
} as const
