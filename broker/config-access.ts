import { type Setting, secretText, text, texts } from './config-setting.ts'

/** Who may do what, who people are, and where the hub may call. */
export const ACCESS_SETTINGS = {
  'auth.mode': {
    type: 'string',
    description:
      'required: callers need tokens, policies rule; off: everybody may do everything (loopback only)',
    default: 'required',
    values: ['required', 'off'],
  },
  'auth.insecure': {
    type: 'boolean',
    description: 'Allow auth off on other addresses than loopback',
    default: false,
  },
  'auth.audience': {
    type: 'string',
    description: 'Audience that access tokens must name',
    default: 'urn:urban-data-hub',
  },
  'auth.issuers': {
    type: 'objects',
    description:
      'OpenID Connect issuers whose tokens are accepted. `roles`, `purposes`: the only ones that it may give, absent: any; `tenants`: the only ones in which it is trusted, "" is the one without a name; `assurance`: the level, 0 to 3, that an `acr` stands for; `claims`: where its tokens have role, organisation, city, purpose and name, such as realm_access.roles',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer'],
      properties: {
        issuer: text,
        audience: text,
        jwksUri: text,
        roles: texts,
        purposes: texts,
        tenants: { type: 'array', items: { type: 'string' } },
        assurance: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: 3 } },
        claims: {
          type: 'object',
          additionalProperties: false,
          properties: { role: text, organisation: text, city: text, purpose: text, name: text },
        },
      },
    },
  },
  'auth.defaultPurpose': {
    type: 'string',
    description: 'Purpose of callers whose token carries none, and of those without a token; empty: none',
    default: '',
  },
  'auth.proofUrls': {
    type: 'list',
    description: 'URLs besides publicUrl under which callers reach the hub, as their DPoP proofs name them',
    default: [],
  },
  'auth.policies': {
    type: 'list',
    description: 'Policy files (YAML), or folders of them, relative to the configuration file',
    default: [],
  },
  'masking.keyFile': {
    type: 'string',
    description:
      'File (YAML) with the secrets of pseudonyms and from when each is in force, relative to the configuration file; read again when it changes; empty: one secret for good, derived from `secret`',
    default: '',
    secret: 'file',
  },
  'auth.watch': {
    type: 'integer',
    description:
      'How often policy files are looked at for changes, milliseconds; 0: never, they are read again at POST /hub/v1/policies/reload and SIGHUP only',
    default: 2000,
    minimum: 0,
  },
  'identity.enabled': {
    type: 'boolean',
    description: 'Run the built-in OpenID Connect provider under /oidc',
    default: false,
  },
  'identity.demoGrant': {
    type: 'boolean',
    description: 'Offer tokens of demo accounts to callers on loopback',
    default: false,
  },
  'identity.demoPassword': {
    type: 'string',
    description: 'Password of the accounts that have none of their own; for demonstrations only',
    default: '',
    secret: true,
  },
  'identity.sessionMinutes': {
    type: 'integer',
    description: 'After so many minutes people have to log in again, whatever they do',
    default: 480,
    minimum: 5,
    maximum: 43_200,
  },
  'identity.idleMinutes': {
    type: 'integer',
    description: 'After so many minutes without a sign of them people have to log in again',
    default: 120,
    minimum: 5,
    maximum: 43_200,
  },
  'identity.offlineDays': {
    type: 'integer',
    description: 'So long an application or device goes on that was granted `offline_access`',
    default: 30,
    minimum: 1,
    maximum: 366,
  },
  'identity.keyDays': {
    type: 'integer',
    description: 'After so many days another key signs tokens; it was published all the time before',
    default: 90,
    minimum: 1,
    maximum: 3650,
  },
  'identity.accounts': {
    type: 'objects',
    description:
      'People who can log in; passwords are hashes (`hub hash-password`); `secondFactorSince`: a second factor of an earlier time is good no more',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'roles'],
      properties: {
        name: text,
        password: secretText,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        title: text,
        secondFactor: { type: 'boolean' },
        secondFactorSince: {
          type: 'string',
          pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2})?(?:Z|[+-]\\d{2}:\\d{2})$',
        },
      },
    },
  },
  'identity.secondFactor': {
    type: 'list',
    description:
      'Roles whose accounts log in with a second factor (TOTP) only; `secondFactor` of an account goes before',
    default: ['dpo'],
  },
  'identity.clients': {
    type: 'objects',
    description:
      'Applications and machines that can get tokens; secrets are hashes; `logoutUri` is told of logouts; `certificate`: DNS name in a certificate that is shown in place of a secret; `bound`: tokens only with a DPoP proof; `device`: people enter a code; `thirdParty`: people are asked for consent; `audiences`: other hubs that it may get tokens for, in its own name or in exchange for a user’s',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: text,
        secret: secretText,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        redirectUris: texts,
        title: text,
        logoutUri: text,
        bound: { type: 'boolean' },
        certificate: text,
        device: { type: 'boolean' },
        thirdParty: { type: 'boolean' },
        audiences: texts,
      },
    },
  },
  'audit.folder': {
    type: 'string',
    description:
      'Folder of the audit log, which is kept where `auth.mode` is required; empty: `audit` in the folder `data`. Processes that share a MongoDB store need one each',
    default: '',
  },
  'audit.heads': {
    type: 'string',
    description:
      'File that signed heads of the audit log are written to besides its folder, better on another disk; empty: `audit-heads.ndjson` in the folder `data`',
    default: '',
  },
  'audit.sealSeconds': {
    type: 'integer',
    description: 'The audit log is sealed with a signed head so often, if it went on',
    default: 60,
    minimum: 1,
    maximum: 86_400,
  },
  'audit.segmentBytes': {
    type: 'integer',
    description: 'A file of the audit log that has so many bytes is followed by another one',
    default: 16_777_216,
    minimum: 4096,
  },
  'audit.keepMonths': {
    type: 'integer',
    description: 'Months for which the audit log is kept; older files go as a whole, and a record says so',
    default: 24,
    minimum: 12,
    maximum: 1200,
  },
  'egress.mode': {
    type: 'string',
    description:
      'guarded: no calls to private or loopback addresses except `egress.allow`; open: to any; empty: by auth mode',
    default: '',
    values: ['', 'guarded', 'open'],
  },
  'egress.allow': {
    type: 'list',
    description: 'Origins that may be called although their address is private',
    default: [],
  },
} as const satisfies Record<string, Setting>
