import type { KernelOperations } from './kernel-operations.ts'
import { kernelsBase64 } from './kernels.wasm.ts'
import { referenceOperations } from './kernels-reference.ts'

/** Kernels with the memory that they work on. */
export interface Kernels extends KernelOperations {
  readonly simd: boolean
  readonly buffer: ArrayBuffer
  /** Reserves `bytes`, aligned to 16; returns the byte offset. Throws when the block is used up. */
  allocate(bytes: number): number
}

const PAGE_BYTES = 65_536
let compiled: WebAssembly.Module | null | undefined

function compiledModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    try {
      compiled = new WebAssembly.Module(
        Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0)),
      )
    } catch {
      // No SIMD, or a platform that forbids compiling (some edge workers): the reference gives the same bits.
      compiled = null
    }
  }
  return compiled
}

/**
 * Kernels over a fresh zeroed memory of at least `bytes`.
 * @param simd false forces the plain TypeScript implementation (tests compare the two)
 */
export function createKernels(bytes: number, simd = true): Kernels {
  const pages = Math.max(1, Math.ceil((bytes + 16) / PAGE_BYTES))
  const module = simd ? compiledModule() : null
  let buffer: ArrayBuffer
  let operations: KernelOperations
  if (module) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    buffer = memory.buffer as ArrayBuffer
    const abort = () => {
      throw new Error('kernel aborted')
    }
    operations = new WebAssembly.Instance(module, { env: { memory, abort } })
      .exports as unknown as KernelOperations
  } else {
    buffer = new ArrayBuffer(pages * PAGE_BYTES)
    operations = referenceOperations(buffer)
  }
  let next = 16
  return {
    simd: module !== null,
    buffer,
    poolRows: operations.poolRows,
    normalise: operations.normalise,
    quantise: operations.quantise,
    dotRows: operations.dotRows,
    sumExp: operations.sumExp,
    sumRows: operations.sumRows,
    forwardRow: operations.forwardRow,
    updateRow: operations.updateRow,
    solveRow: operations.solveRow,
    allocate(size) {
      const at = next
      next = (at + size + 15) & ~15
      if (next > buffer.byteLength)
        throw new RangeError(`kernel memory used up: ${next} of ${buffer.byteLength} bytes`)
      return at
    },
  }
}

const shared = new Map<boolean, Kernels>()

/** The same kernels at every call: those of the first one, whose `bytes` later ones must not exceed. */
export function sharedKernels(bytes: number, simd = true): Kernels {
  let kernels = shared.get(simd)
  if (!kernels) {
    kernels = createKernels(bytes + 16, simd)
    shared.set(simd, kernels)
  }
  return kernels
}
