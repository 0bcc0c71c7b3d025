import { createKernels, type Kernels, sharedKernels } from './kernels.ts'

// A set of ten routes with ten examples takes 30 KB. Eight places serve eight sets in turn without a copy.
const PLACE_BYTES = 65_536
const PLACES = 8

interface SharedPlaces {
  readonly kernels: Kernels
  /** Byte offset of each place. */
  readonly starts: readonly number[]
  /** Number of the space that was in each place last; numbers, so that nothing is kept alive. */
  readonly tenants: number[]
}

/** What a space can hold. */
type HeldArray = Int8Array | Int32Array | Float32Array

const shared = new WeakMap<Kernels, SharedPlaces>()
let spaces = 0

function sharedPlaces(simd: boolean): SharedPlaces {
  const kernels = sharedKernels(PLACES * PLACE_BYTES, simd)
  let places = shared.get(kernels)
  if (!places) {
    const starts = Array.from({ length: PLACES }, () => kernels.allocate(PLACE_BYTES))
    places = { kernels, starts, tenants: new Array(PLACES).fill(-1) }
    shared.set(kernels, places)
  }
  return places
}

/**
 * Kernel memory for one scorer. A large one has a memory of its own, where its matrices live. A small one works in a
 * place that it shares with others, since every WASM memory costs pages of 64 KB and gigabytes of address space: its
 * matrices live outside, and are copied in (1 µs for 28 KB) when another scorer has been there in between.
 */
export class KernelSpace {
  readonly kernels: Kernels
  readonly #places: SharedPlaces | null
  readonly #place: number
  readonly #number = spaces++
  readonly #held: { readonly at: number; readonly values: HeldArray }[] = []
  #next = 0
  #end = 0

  /**
   * @param bytes that will be allocated and held, with 16 for each piece
   * @param mayShare false when something will be kept in the space that was not given to `hold`
   */
  constructor(bytes: number, mayShare: boolean, simd = true) {
    this.#place = this.#number % PLACES
    if (mayShare && bytes <= PLACE_BYTES) {
      this.#places = sharedPlaces(simd)
      this.kernels = this.#places.kernels
      this.#next = this.#places.starts[this.#place]!
      this.#end = this.#next + PLACE_BYTES
    } else {
      this.#places = null
      this.kernels = createKernels(bytes, simd)
    }
  }

  /** Reserves scratch, aligned to 16; returns the byte offset. */
  allocate(bytes: number): number {
    if (this.#places === null) return this.kernels.allocate(bytes)
    const at = this.#next
    this.#next = (at + bytes + 15) & ~15
    if (this.#next > this.#end) throw new RangeError(`a place of ${PLACE_BYTES} bytes is used up`)
    return at
  }

  /** Keeps `values` at a byte offset. What comes back beside it is where they live; `values` itself can be let go. */
  hold<Values extends HeldArray>(values: Values): { readonly at: number; readonly values: Values } {
    const at = this.allocate(values.byteLength)
    if (this.#places === null) {
      const view = this.#viewOf(at, values)
      view.set(values)
      return { at, values: view as Values }
    }
    const held = {
      at,
      values: values.byteLength === values.buffer.byteLength ? values : (values.slice() as Values),
    }
    this.#held.push(held)
    // Whoever was here must not take what it finds for its own.
    this.#places.tenants[this.#place] = -1
    return held
  }

  #viewOf(at: number, values: HeldArray): HeldArray {
    const { buffer } = this.kernels
    if (values instanceof Int8Array) return new Int8Array(buffer, at, values.length)
    if (values instanceof Int32Array) return new Int32Array(buffer, at, values.length)
    return new Float32Array(buffer, at, values.length)
  }

  /**
   * To be called before any use of the space.
   * @returns true when scratch was lost since the last use, as somebody else has been here
   */
  enter(): boolean {
    if (this.#places === null || this.#places.tenants[this.#place] === this.#number) return false
    for (const { at, values } of this.#held) this.#viewOf(at, values).set(values)
    this.#places.tenants[this.#place] = this.#number
    return true
  }
}
