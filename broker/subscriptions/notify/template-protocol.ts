/** A template that is to be filled by the process of templates. */
export interface TemplateCall {
  readonly template: string
  /** The notification, as JSON. */
  readonly notification: string
}

/** What a template made of a notification. */
export type TemplateAnswer =
  | { readonly text: string; readonly isJson: boolean }
  /** It answers nothing: there is nothing to tell. */
  | { readonly nothing: true }
  /** Why it fails: a code of JSONata and a place in the template, never anything of the notification. */
  | { readonly failure: string }
