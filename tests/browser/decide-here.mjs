import * as core from '../../dist/core/index.js'
import { loadBuiltinEncoder } from '../../dist/encoders/builtin/index.js'
import { decideAll } from '../engine/decide-all.mjs'

/** Fetches the work and does it with what the package offers to browsers. */
export async function decideHere() {
  const work = await (await fetch('/work.json')).json()
  return decideAll(core, await loadBuiltinEncoder(), work)
}
