import { BlockList, isIP, isIPv4 } from 'node:net'

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
]

const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['64:ff9b::', 96], // NAT64 of any IPv4 address
  ['64:ff9b:1::', 48],
  ['100::', 64], // discard
  ['2001::', 32], // Teredo: carries an IPv4 address
  ['2002::', 16], // 6to4: carries an IPv4 address
  ['fc00::', 7], // unique local
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local
  ['ff00::', 8], // multicast
]

const guardedV4 = new BlockList()
for (const [network, prefix] of PRIVATE_V4) guardedV4.addSubnet(network, prefix, 'ipv4')
const guardedV6 = new BlockList()
for (const [network, prefix] of PRIVATE_V6) guardedV6.addSubnet(network, prefix, 'ipv6')

/** Tells whether an address is one of the public Internet, where a guarded hub may connect to. */
export function isPublicAddress(address: string): boolean {
  const bare = address.split('%', 1)[0] ?? ''
  if (isIP(bare) === 0) return false
  if (isIPv4(bare)) return !guardedV4.check(bare, 'ipv4')
  const mapped = mappedV4(bare)
  return mapped === undefined ? !guardedV6.check(bare, 'ipv6') : isPublicAddress(mapped)
}

/** The IPv4 address inside an IPv4-mapped one, `::ffff:a.b.c.d` or `::ffff:aabb:ccdd`. */
function mappedV4(address: string): string | undefined {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const parts = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (!parts) return undefined
  const [high, low] = [Number.parseInt(parts[1] ?? '', 16), Number.parseInt(parts[2] ?? '', 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
