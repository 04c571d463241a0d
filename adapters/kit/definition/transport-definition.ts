import type { Secret } from './secret.ts'

/** Where records come from. */
export type TransportDefinition =
  | DirectoryTransport
  | RemoteFolderTransport
  | HttpPollTransport
  | WebhookTransport
  | MqttTransport
  | SqlTransport
  | NgsiTransport

/** How often a source is visited, and how long it may take to answer. */
interface Visited {
  /** Pause between the end of one visit and the start of the next, seconds. */
  readonly everySeconds: number
  readonly timeoutMs: number
}

/** Files of a folder, each taken once for its content; also those that come later, whatever their name. */
export interface DirectoryTransport {
  readonly kind: 'directory'
  /** Folder, or one file; relative to the feed file. */
  readonly path: string
  /** Names to take, with `*` for any characters; default all. */
  readonly pattern: string
  /** How long a file must stay as it is before it is taken, milliseconds. */
  readonly stableMs: number
  /** Pause between two looks at everything, for what the system did not tell, seconds. */
  readonly everySeconds: number
}

/** Files of a folder of an agency's server. */
export interface RemoteFolderTransport extends Visited {
  readonly kind: 'ftp' | 'sftp'
  /** `ftp://`, `ftps://` (TLS from the start) or `sftp://`, with host, port and folder; without user and password. */
  readonly url: string
  readonly user?: string
  readonly password?: Secret
  readonly pattern: string
  readonly stableMs: number
  /** Folders named by days before so many days ago are left out; absent: all are looked into. */
  readonly days?: number
  /** Most files that are listed. */
  readonly maxFiles: number
  /** Of `ftp://`: whether the connection has to be encrypted. */
  readonly encryption: 'required' | 'none'
  /** Authorities to trust instead of those of the platform, PEM. */
  readonly authorities?: Secret
  /** Of SFTP: the private key to sign in with, and the passphrase that it is under. */
  readonly privateKey?: Secret
  readonly passphrase?: Secret
  /** Of SFTP: `SHA256:…`, as `ssh-keygen -lf` prints it of the key that the server shows. */
  readonly hostKey?: string
}

/** How an HTTP source knows who asks. */
export type HttpAuthentication =
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'key'; readonly key: Secret; readonly header?: string; readonly parameter?: string }
  | {
      readonly kind: 'oauth'
      readonly tokenUrl: string
      readonly client: string
      readonly secret: Secret
      readonly scope?: string
      readonly audience?: string
    }

/** Where the next page of an answer is. */
export type Paging =
  /** In its Link header, `rel="next"`. */
  | { readonly by: 'link' }
  /** In its document, at names joined by dots: a URL, or a text that goes into a parameter. */
  | { readonly by: 'member'; readonly member: string; readonly parameter?: string }
  /** By number, from `first` on, until a page has no records. */
  | { readonly by: 'page'; readonly parameter: string; readonly first: number }
  /** By how many records came before it, until a page has none. */
  | { readonly by: 'offset'; readonly parameter: string }

/** A document that is asked for again and again. */
export interface HttpPollTransport extends Visited {
  readonly kind: 'http-poll'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly authentication?: HttpAuthentication
  readonly paging?: Paging
  readonly maxPages: number
}

/** Proof that a sender knows a secret, over what it sends. */
export interface SignatureScheme {
  readonly secret: Secret
  readonly header: string
  readonly algorithm: 'sha256' | 'sha512'
  readonly encoding: 'hex' | 'base64'
  /** What stands before the signature in the header. */
  readonly prefix: string
  /** Header with the time of sending, in seconds or milliseconds since 1970 or as ISO 8601. */
  readonly timestampHeader?: string
  /** What is signed: a text with `{body}`, and `{timestamp}`; absent: the time where there is one, a dot, and the body. */
  readonly content?: string
  /** How far that time may be from that of the hub, seconds. */
  readonly toleranceSeconds: number
}

/** Records that are sent to the hub. */
export interface WebhookTransport {
  readonly kind: 'webhook'
  /** Senders sign what they send, and need no token. */
  readonly signature?: SignatureScheme
  /** Senders show a key, and need no token. */
  readonly key?: { readonly header: string; readonly secret: Secret }
}

/** Messages of an MQTT server. */
export interface MqttTransport {
  readonly kind: 'mqtt'
  /** `mqtt://` or `mqtts://`, host and port. */
  readonly url: string
  readonly version: '3.1.1' | '5'
  /** Filters, with `+` and `#`; `$share/GROUP/…` shares them with others. */
  readonly topics: readonly string[]
  readonly qos: 0 | 1 | 2
  /** Name of the session, which the server keeps while the hub is away. */
  readonly client: string
  /** How long it does, seconds (MQTT 5). */
  readonly sessionSeconds: number
  readonly user?: string
  readonly password?: Secret
  readonly authorities?: Secret
  readonly certificate?: Secret
  readonly certificateKey?: Secret
  /** Most messages that are taken together, and that the server sends before they are acknowledged. */
  readonly maxMessages: number
  /** How long messages wait for others to be taken with, milliseconds. */
  readonly gatherMs: number
  readonly keepAliveSeconds: number
  readonly timeoutMs: number
}

/** Rows that a query of a database answers. */
export interface SqlTransport extends Visited {
  readonly kind: 'sql'
  /** `postgresql://host:port/database`, `mysql://host:port/database` or `sqlite:path`. */
  readonly url: string
  readonly user?: string
  readonly password?: Secret
  readonly encryption: 'required' | 'none'
  readonly authorities?: Secret
  readonly query: string
  /** How rows are told that were read before; absent: all are read each time. */
  readonly watermark?: Watermark
  /** Rows of one delivery. */
  readonly pageRows: number
  /** Most rows of one visit. */
  readonly maxRows: number
}

/** Columns whose values grow from row to row. */
export interface Watermark {
  readonly column: string
  /** Column that tells rows of the same watermark apart. */
  readonly key?: string
  /** How far a visit goes back behind the last, for rows that were committed late: seconds, or units of a number. */
  readonly overlap: number
}

/** Entities of another context broker. */
export interface NgsiTransport extends Visited {
  readonly kind: 'ngsi'
  readonly version: 'ld' | 'v2'
  /** Up to and with `/ngsi-ld/v1` or `/v2`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly authentication?: HttpAuthentication
  readonly entities: readonly { readonly type: string; readonly idPattern?: string }[]
  readonly attributes?: readonly string[]
  /** Of NGSI-LD: the @context that names are written by. */
  readonly context?: string
  /** Where the broker reaches the records of this feed: `…/hub/v1/feeds/NAME/records`. */
  readonly notifyUrl: string
  /** What the broker shows when it notifies. */
  readonly key: { readonly header: string; readonly secret: Secret }
  /** For how long a subscription is made; it is renewed when half of that has passed, seconds. */
  readonly subscriptionSeconds: number
  readonly pageEntities: number
  readonly maxPages: number
}
