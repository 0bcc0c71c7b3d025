import type { KernelOperations } from './kernel-operations.ts'
import { kernelsBase64, relaxedKernelsBase64 } from './kernels.wasm.ts'
import { referenceOperations } from './kernels-reference.ts'

/** Kernels with the memory that they work on. */
export interface Kernels extends KernelOperations {
  readonly simd: boolean
  readonly buffer: ArrayBuffer
  /** Reserves `bytes`, aligned to 16; returns the byte offset. Throws when the block is used up. */
  allocate(bytes: number): number
}

const PAGE_BYTES = 65_536

/** Modules by whether they use relaxed SIMD; null where the platform has not what they need. */
const compiled = new Map<boolean, WebAssembly.Module | null>()

function compile(isRelaxed: boolean): WebAssembly.Module | null {
  try {
    const base64 = isRelaxed ? relaxedKernelsBase64 : kernelsBase64
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
  } catch {
    // No SIMD, or a platform that forbids compiling (some edge workers): the others give the same bits.
    return null
  }
}

function moduleFor(isRelaxed: boolean): WebAssembly.Module | null {
  let module = compiled.get(isRelaxed)
  if (module === undefined) {
    module = compile(isRelaxed)
    compiled.set(isRelaxed, module)
  }
  return module
}

/**
 * Kernels over a fresh zeroed memory of at least `bytes`.
 * @param simd false forces the plain TypeScript implementation (tests compare the three)
 * @param relaxed false forces SIMD without its relaxed instructions
 */
export function createKernels(bytes: number, simd = true, relaxed = true): Kernels {
  const pages = Math.max(1, Math.ceil((bytes + 16) / PAGE_BYTES))
  const module = simd ? ((relaxed ? moduleFor(true) : null) ?? moduleFor(false)) : null
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
    scoreRows: operations.scoreRows,
    largest: operations.largest,
    reachedByFour: operations.reachedByFour,
    sumExp: operations.sumExp,
    sumRows: operations.sumRows,
    addSums: operations.addSums,
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
