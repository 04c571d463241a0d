import { posix } from 'node:path'
import type { Envelope } from './notice.ts'

/**
 * Tells whether a URI belongs to the federation, which takes notifications of the standard only (CIM 009 v1.9.1, 5.8.6):
 * it lies below one of these sources, or below the root of the API of any broker.
 */
export function isFederated(uri: string, sources: readonly string[]): boolean {
  const { origin, path } = placeOf(uri)
  if (path.includes('/ngsi-ld/')) return true
  return sources.map(placeOf).some((root) => origin === root.origin && path.startsWith(root.path))
}

/** Answers a notification without a form of its own where its endpoint has become one of the federation since it was given that. */
export function asServed<Of extends Envelope>(envelope: Of, sources: () => readonly string[]): Of {
  const { subscription } = envelope
  const { template, rename, ...delivery } = subscription.delivery
  if ((template ?? rename) === undefined || !isFederated(subscription.endpoint.uri, sources()))
    return envelope
  return { ...envelope, subscription: { ...subscription, delivery } }
}

/** However it is spelt, a server may take it for the same: decoded, in lower case, without detours, ended by a slash. */
function placeOf(uri: string): { readonly origin: string; readonly path: string } {
  const { protocol, host, pathname } = new URL(uri)
  return { origin: `${protocol}//${host}`, path: posix.normalize(`${decoded(pathname)}/`.toLowerCase()) }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
