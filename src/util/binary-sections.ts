/** A file of named binary sections behind a JSON header; every section starts at a multiple of 16 bytes. */
interface SectionFile {
  readonly header: Record<string, unknown>
  readonly sections: Readonly<Record<string, Uint8Array>>
}

const ALIGNMENT = 16
const align = (offset: number) => (offset + ALIGNMENT - 1) & -ALIGNMENT

/**
 * Layout, little-endian: 8 bytes ASCII magic, u32 header length, header JSON padded with spaces to a multiple of
 * 16, then the sections. The header gains `sections: { name: { offset, length } }`, offsets from the end of the header.
 */
export function writeSections(
  magic: string,
  header: Record<string, unknown>,
  sections: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  const index: Record<string, { offset: number; length: number }> = {}
  let end = 0
  for (const [name, bytes] of Object.entries(sections)) {
    index[name] = { offset: end, length: bytes.byteLength }
    end = align(end + bytes.byteLength)
  }
  const json = new TextEncoder().encode(JSON.stringify({ ...header, sections: index }))
  const start = align(12 + json.length)
  const file = new Uint8Array(start + end)
  file.set(new TextEncoder().encode(magic))
  new DataView(file.buffer).setUint32(8, start - 12, true)
  file.fill(0x20, 12, start)
  file.set(json, 12)
  for (const [name, bytes] of Object.entries(sections)) file.set(bytes, start + index[name]!.offset)
  return file
}

/**
 * Reads what `writeSections` wrote. Sections begin at a multiple of 16 bytes in their buffer, so that arrays of any
 * element can be laid over them; where those of the file do, they are views into it and not copies.
 * @returns a sentence saying what is wrong with the file instead, if anything is
 */
export function readSections(magic: string, file: Uint8Array): SectionFile | string {
  if (file.length < 12) return `it has only ${file.length} bytes`
  const found = String.fromCharCode(...file.subarray(0, 8))
  if (found !== magic)
    return `it begins with ${JSON.stringify(found)} where ${JSON.stringify(magic)} was expected`
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(8, true)
  const start = 12 + headerLength
  if (start > file.length) return 'it ends inside its header'
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(12, start)))
  } catch {
    return 'its header is not JSON'
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return 'its header is not an object'
  const { sections: index, ...rest } = header as Record<string, unknown>
  if (typeof index !== 'object' || index === null) return 'its header lists no sections'
  const sections: Record<string, Uint8Array> = {}
  for (const [name, place] of Object.entries(
    index as Record<string, { offset?: unknown; length?: unknown }>,
  )) {
    const offset = place?.offset
    const length = place?.length
    if (!isSize(offset) || !isSize(length) || start + offset + length > file.length)
      return `its section ${JSON.stringify(name)} does not lie inside the file`
    const section = new Uint8Array(file.buffer, file.byteOffset + start + offset, length)
    sections[name] = section.byteOffset % ALIGNMENT === 0 ? section : new Uint8Array(section)
  }
  return { header: rest, sections }
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
