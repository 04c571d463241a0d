import { createHmac } from 'node:crypto'

/** Keys of the pseudonyms: another one for each purpose and city, all from one secret. */
export interface MaskKeys {
  pseudonym(purpose: string): Uint8Array
  /** Key for names of callers in the change log and the access log. */
  readonly caller: Uint8Array
}

/** Derives the keys of one city from the hub's secret; another epoch gives all new ones. */
export function createMaskKeys({
  secret,
  city = '',
  epoch = '1',
}: {
  readonly secret: Uint8Array
  readonly city?: string
  readonly epoch?: string
}): MaskKeys {
  const derive = (...parts: readonly string[]) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([city, epoch, ...parts]))
      .digest()
  return { pseudonym: (purpose) => derive('pseudonym', purpose), caller: derive('caller') }
}
