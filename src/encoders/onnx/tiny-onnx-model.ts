/** A number as a protocol buffer writes it: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)]
const bytes = (field: number, content: Iterable<number>) => {
  const list = [...content]
  return [...varint(field * 8 + 2), ...varint(list.length), ...list]
}
const text = (field: number, content: string) => bytes(field, Buffer.from(content))

const FLOAT = 1
const INT64 = 7

/** ValueInfoProto: name, and a tensor type of dimensions that are named or numbers. */
const value = (name: string, type: number, shape: readonly (string | number)[]) => [
  ...text(1, name),
  ...bytes(
    2,
    bytes(1, [
      ...number(1, type),
      ...bytes(
        2,
        shape.flatMap((size) => bytes(1, typeof size === 'string' ? text(2, size) : number(1, size))),
      ),
    ]),
  ),
]

/**
 * An ONNX file whose token vectors are the rows of a table: `last_hidden_state = Gather(table, input_ids)`. A few hundred
 * bytes, so that tests need no model.
 */
export function tinyOnnxModel(table: readonly (readonly number[])[]): Uint8Array {
  const dimensions = table[0]?.length ?? 0
  const raw = new Uint8Array(Float32Array.from(table.flat()).buffer)
  const gather = [
    ...text(1, 'table'),
    ...text(1, 'input_ids'),
    ...text(2, 'last_hidden_state'),
    ...text(4, 'Gather'),
  ]
  const initializer = [
    ...number(1, table.length),
    ...number(1, dimensions),
    ...number(2, FLOAT),
    ...text(8, 'table'),
    ...bytes(9, raw),
  ]
  const graph = [
    ...bytes(1, gather),
    ...text(2, 'tiny'),
    ...bytes(5, initializer),
    ...bytes(11, value('input_ids', INT64, ['batch', 'sequence'])),
    ...bytes(12, value('last_hidden_state', FLOAT, ['batch', 'sequence', dimensions])),
  ]
  const opset = number(2, 13)
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, opset)])
}
