const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/

/** Tells whether what is sent to a URL leaves this machine without TLS, where it can be read on the way. */
export function travelsOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return (protocol === 'http:' || protocol === 'mqtt:') && !LOOPBACK.test(hostname)
}
