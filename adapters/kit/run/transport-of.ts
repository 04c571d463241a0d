import path from 'node:path'
import { watchedFolder } from '../../transports/directory.ts'
import { folderTransport } from '../../transports/folder.ts'
import { ftpFolder } from '../../transports/ftp.ts'
import { httpPoll } from '../../transports/http-poll.ts'
import { mqttTopics } from '../../transports/mqtt-topics.ts'
import { ngsiSubscription } from '../../transports/ngsi-subscription.ts'
import { sftpFolder } from '../../transports/sftp.ts'
import { sqlRows } from '../../transports/sql-rows.ts'
import type { Transport } from '../../transports/transport.ts'
import { webhook } from '../../transports/webhook.ts'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import type { Secrets } from '../definition/secret.ts'
import { WHOLE_BYTES } from '../intake/input.ts'

/** Makes the transport that a feed names. */
export function transportOf(
  { transport, source, file, maxBytes }: FeedDefinition,
  secrets: Secrets,
): Transport {
  const folder = path.dirname(file)
  // only files of this machine can be read again and again, piece by piece
  const limits = { maxBytes: Math.min(maxBytes, WHOLE_BYTES), folder, secrets }
  switch (transport.kind) {
    case 'directory':
      return folderTransport(
        watchedFolder(transport, path.resolve(folder, transport.path)),
        transport,
        maxBytes,
      )
    case 'ftp':
      return folderTransport(ftpFolder(transport, limits), transport, limits.maxBytes)
    case 'sftp':
      return folderTransport(sftpFolder(transport, limits), transport, limits.maxBytes)
    case 'http-poll':
      return httpPoll(transport, limits)
    case 'webhook':
      return webhook()
    case 'mqtt':
      return mqttTopics(transport, limits)
    case 'sql':
      return sqlRows(transport, limits)
    case 'ngsi':
      return ngsiSubscription({ ...transport, source }, limits)
    default:
      return transport satisfies never
  }
}
