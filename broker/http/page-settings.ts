import type { Seal } from '../../security/seal.ts'

/** What routes that answer page by page need besides their operations. */
export interface PageSettings {
  /** Closes the places that links lead to. */
  readonly seal: Seal
  readonly limits: { readonly standard: number; readonly most: number }
}
