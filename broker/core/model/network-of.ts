/** The first half of an IPv6 address, which is what one subscriber has (RFC 6177); an IPv4 address as it is. */
export function networkOf(address: string): string {
  if (address.includes('.') || !address.includes(':')) return address.replace(/^.*:/, '')
  const [head = [], tail] = address.split('::').map((half) => half.split(':'))
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head
  return groups.slice(0, 4).join(':')
}
