import { demoToken } from '../demo-token.ts'

const TOKEN_MILLISECONDS = 5 * 60_000

/** A token is asked for when the one before is some minutes old; a hub without access control needs none. */
export function tokenSource({
  account,
  issuer,
}: {
  readonly account: string
  readonly issuer: string
}): () => Promise<string | undefined> {
  let kept: { readonly token: Promise<string>; readonly until: number } | undefined
  return () => {
    const { HUB_TOKEN } = process.env
    if (HUB_TOKEN !== undefined || account === '') return Promise.resolve(HUB_TOKEN)
    if (!kept || kept.until < Date.now()) {
      const token = demoToken(account, issuer.replace(/\/$/, ''))
      kept = { token, until: Date.now() + TOKEN_MILLISECONDS }
    }
    return kept.token
  }
}
