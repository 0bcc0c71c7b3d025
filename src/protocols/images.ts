import type { ImagePart } from '../contracts/index.ts'

/** The picture at an address, which may be a `data:` address. */
export function imageAt(url: string): ImagePart {
  const [, mediaType, base64] = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(url) ?? []
  if (mediaType === undefined || base64 === undefined) return { kind: 'image', url }
  return { kind: 'image', base64, mediaType }
}

/** The address of a picture, a `data:` address for bytes. */
export function imageAddress(image: ImagePart): string {
  return image.url ?? `data:${image.mediaType ?? 'image/png'};base64,${image.base64 ?? ''}`
}
