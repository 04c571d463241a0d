/** Where a credential of a feed is: never in its feed.yaml. */
export type Secret = { readonly file: string } | { readonly environment: string }

/** Reads credentials when they are needed, so that new ones count from the next visit on. @throws SourceFault */
export type Secrets = (secret: Secret) => Promise<string>

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>
