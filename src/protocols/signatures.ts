/** Who made a signature of reasoning. */
type SignatureOrigin = 'anthropic' | 'google' | 'openai'

/** A signature with its maker's name, so that no provider is shown one that it would refuse. */
export function signedBy(origin: SignatureOrigin, signature: string): string {
  return `${origin}:${signature}`
}

/** The maker's own signature; undefined where it is another's. */
export function signatureOf(origin: SignatureOrigin, signature: string | undefined): string | undefined {
  return signature?.startsWith(`${origin}:`) ? signature.slice(origin.length + 1) : undefined
}

/** A signature as a caller brings it back: with a maker's name, or as `origin` itself wrote it. */
export function broughtBack(origin: SignatureOrigin, signature: string): string {
  return /^(?:anthropic|google|openai):/.test(signature) ? signature : signedBy(origin, signature)
}
