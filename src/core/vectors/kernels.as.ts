// AssemblyScript, compiled to WASM SIMD by scripts/build.mjs. kernels-reference.ts says the same in plain
// TypeScript, operation for operation: the two must agree bit for bit, so the order of every sum is part of
// the contract and fused multiply-add is out of the question. Compiled twice: where the platform has relaxed SIMD,
// dot products of integers, whose order is of no matter, use it.

export * from './scoring-kernels.as'
export * from './training-kernels.as'
