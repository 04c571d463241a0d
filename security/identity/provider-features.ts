import { createHash } from 'node:crypto'
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ConfiguredClient } from './accounts.ts'
import { certificateFeature } from './client-certificates.ts'
import { deviceCodePage, deviceConfirmPage, deviceDonePage } from './device-pages.ts'
import { elsewhere, languageFor, show } from './library-pages.ts'
import { loggedOutPage, logoutPage } from './login-pages.ts'
import type { ProviderParts } from './provider-configuration.ts'
import type { ProviderSecrets } from './provider-secrets.ts'
import { resourceServerOf } from './resource-server.ts'

/** Role of other hubs: they may ask what tokens are good for. */
const HUB_ROLE = 'hub'

type Features = NonNullable<Configuration['features']>

/** Answers what of oidc-provider is on, and the pages of it. */
export function providerFeatures(
  { resource, resourceUrls, secrets }: ProviderParts,
  configured: ReadonlyMap<string, ConfiguredClient>,
): Features {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_, client, token) =>
        client.clientAuthMethod !== 'none' &&
        (token.clientId === client.clientId ||
          configured.get(client.clientId)?.roles?.includes(HUB_ROLE) === true),
    },
    backchannelLogout: { enabled: true },
    dPoP: { enabled: true, nonceSecret: nonceSecret(secrets), requireNonce: () => false },
    mTLS: certificateFeature(),
    deviceFlow: deviceFlow(),
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, indicator, { clientId }) => {
        if (resourceUrls.includes(indicator)) return resourceServerOf(resource)
        const others = configured.get(clientId)?.audiences ?? []
        if (indicator !== resource && !others.includes(indicator)) throw new errors.InvalidTarget()
        return resourceServerOf(indicator)
      },
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) =>
        show(context, logoutPage(languageFor(context), form, elsewhere(context)), postLogoutOrigins(context)),
      postLogoutSuccessSource: (context) => show(context, loggedOutPage(languageFor(context))),
    },
  }
}

/** Devices without a keyboard (RFC 8628): nothing is kept of where they are. */
function deviceFlow(): NonNullable<Features['deviceFlow']> {
  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: () => ({}),
    userCodeInputSource: (context, form, _, error) => {
      const code = error && 'userCode' in error ? String(error.userCode) : ''
      const page = deviceCodePage(languageFor(context), {
        action: /action="([^"]+)"/.exec(form)?.[1] ?? '',
        secret: /name="xsrf" value="(\w+)"/.exec(form)?.[1] ?? '',
        code: /^[\w -]{1,20}$/.test(code) ? code : '',
        ...(error && { trouble: error.name === 'AbortedError' ? 'stopped' : 'wrong' }),
      })
      show(context, page)
    },
    userCodeConfirmSource: (context, form, { clientName, clientId }, _, code) =>
      show(context, deviceConfirmPage(languageFor(context), { form, client: clientName ?? clientId, code })),
    successSource: (context) => show(context, deviceDonePage(languageFor(context))),
  }
}

/** Nonces of proofs are taken up to a few minutes; a proof without one has to be fresh, and is good once. */
function nonceSecret({ pseudonym, cookies }: ProviderSecrets): Buffer {
  return createHash('sha256')
    .update(pseudonym(cookies[0] ?? ''))
    .digest()
}

function postLogoutOrigins(context: KoaContextWithOIDC): readonly string[] {
  const target: unknown = context.oidc.params?.post_logout_redirect_uri
  return typeof target === 'string' && URL.canParse(target) ? [new URL(target).origin] : []
}
