import { ACCESS_SETTINGS } from './config-access.ts'
import { LIMIT_SETTINGS } from './config-limits.ts'
import { ONTOLOGY_SETTINGS } from './config-ontology.ts'
import { PLACE_SETTINGS } from './config-places.ts'
import { PRIVACY_SETTINGS } from './config-privacy.ts'
import { RUNNING_SETTINGS } from './config-running.ts'
import { SEALING_SETTINGS } from './config-sealing.ts'
import type { Setting } from './config-setting.ts'

/**
 * Every setting of a hub by its path in the YAML file. The environment variable is `HUB_` and the path in capitals:
 * `listen.port` is HUB_LISTEN_PORT; lists are separated by commas; `objects` can only stand in the file.
 */
export const SETTINGS = {
  name: {
    type: 'string',
    description: 'Short name of the hub; its alias in Via headers and metrics',
    default: 'hub',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  },
  title: { type: 'string', description: 'Name of the hub for people', default: 'Urban Data Hub' },
  city: {
    type: 'string',
    description: 'City that the hub serves; policies bind operators to it; empty for the province',
    default: '',
  },
  'listen.host': { type: 'string', description: 'Address to listen on', default: '127.0.0.1' },
  'listen.port': {
    type: 'integer',
    description: 'Port to listen on; 0: any free one',
    default: 1026,
    minimum: 0,
    maximum: 65535,
  },
  'listen.graceSeconds': {
    type: 'integer',
    description:
      'After SIGTERM the hub answers for so many seconds more, while `/health/ready` says 503, so that load balancers turn to others before it ends; 0: it stops at once',
    default: 0,
    minimum: 0,
    maximum: 600,
  },
  'listen.tls.certificate': {
    type: 'string',
    description:
      'File (PEM) with the certificate that the hub shows, and those between it and its authority; relative to the configuration file, read again when it changes; empty: HTTP without TLS',
    default: '',
  },
  'listen.tls.key': {
    type: 'string',
    description: 'File (PEM) with the key of that certificate',
    secret: 'file',
    default: '',
  },
  'listen.tls.clientAuthorities': {
    type: 'string',
    description: 'File (PEM) with the authorities whose client certificates are accepted',
    default: '',
  },
  'listen.tls.clients': {
    type: 'string',
    description:
      'Client certificates. request: who has one shows it; require: there is no connection without one; none: they are not looked at',
    default: 'none',
    values: ['none', 'request', 'require'],
  },
  publicUrl: {
    type: 'string',
    description:
      'URL under which others reach the hub; empty: http://host:port, or https:// where it speaks TLS',
    default: '',
  },
  data: { type: 'string', description: 'Folder of the embedded store', default: './data/hub' },
  secret: {
    type: 'string',
    description:
      'What the hub seals credentials, delegations and cursors with: at least 32 bytes in base64, kept apart from the data; empty: made at the first start and kept in the store',
    default: '',
    pattern: '^(?:[A-Za-z0-9+/_-]{43,1024}={0,2})?$',
    secret: true,
  },
  'store.kind': {
    type: 'string',
    description: 'Store: embedded (SQLite), memory (embedded in a temporary folder), or mongodb',
    default: 'embedded',
    values: ['embedded', 'memory', 'mongodb'],
  },
  'store.mongodb.url': {
    type: 'string',
    description: 'Connection string of the MongoDB store',
    default: '',
    secret: true,
  },
  'store.mongodb.database': {
    type: 'string',
    description: 'Database name of the MongoDB store',
    default: 'hub',
  },
  'store.mongodb.staleness': {
    type: 'integer',
    description:
      'Where several processes share a database of a replica set an answer may be remembered that is up to so many milliseconds older ' +
      'than what another process wrote and answered: who writes through one and reads through another may be answered what was there ' +
      'before. What this process wrote is seen at once, and no write is decided on what is remembered. 0: nothing is, also where no other ' +
      'process happens to run. A server that takes one process only needs none of this, and there it does nothing; nor does it on a ' +
      'sharded cluster, or a single server without change streams, as the hub says at its start',
    default: 0,
    minimum: 0,
    maximum: 60_000,
  },
  ...ACCESS_SETTINGS,
  ...RUNNING_SETTINGS,
  ...ONTOLOGY_SETTINGS,
  ...PLACE_SETTINGS,
  ...SEALING_SETTINGS,
  ...PRIVACY_SETTINGS,
  ...LIMIT_SETTINGS,
  compressBytes: {
    type: 'integer',
    description: 'Answers of at least so many bytes are compressed for clients that accept it; 0: none',
    default: 2048,
    minimum: 0,
  },
  corsOrigins: { type: 'list', description: 'Origins whose pages may call the API; * for all', default: [] },
  'log.level': {
    type: 'string',
    description: 'Least level that is logged',
    default: 'info',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
  },
} as const satisfies Record<string, Setting>

export type SettingPath = keyof typeof SETTINGS

/** Paths of all settings, as they are declared. */
export const SETTING_PATHS = Object.keys(SETTINGS) as readonly SettingPath[] // the keys of a const object
