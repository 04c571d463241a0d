/** Where a store says what an operator should know; a pino logger fits. */
export interface StoreLog {
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

/** For stores that nobody watches. */
export const SILENT: StoreLog = { warn() {}, error() {} }
