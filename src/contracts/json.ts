/** A parsed JSON object of which only some fields are known. */
export type JsonObject = { readonly [field: string]: unknown }
