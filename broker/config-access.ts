import { type Setting, text, texts } from './config-setting.ts'

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
      'OpenID Connect issuers whose tokens are accepted; `roles`: the only ones that it may give, absent: any',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer'],
      properties: { issuer: text, audience: text, jwksUri: text, roles: texts },
    },
  },
  'auth.policies': {
    type: 'list',
    description: 'Policy files (YAML), relative to the configuration file',
    default: [],
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
  },
  'identity.accounts': {
    type: 'objects',
    description: 'People who can log in; passwords are hashes (`hub hash-password`)',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'roles'],
      properties: {
        name: text,
        password: text,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        title: text,
      },
    },
  },
  'identity.clients': {
    type: 'objects',
    description: 'Applications and machines that can get tokens; secrets are hashes',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: text,
        secret: text,
        roles: texts,
        organisation: text,
        city: text,
        purpose: text,
        redirectUris: texts,
        title: text,
      },
    },
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
