// Reads work from standard input, has the built package do it, and prints what was decided and by which Node.
import { readFileSync } from 'node:fs'
import * as library from '../../dist/index.js'
import { decideAll } from './decide-all.mjs'

const work = JSON.parse(readFileSync(0, 'utf8'))
const decided = decideAll(library, await library.loadBuiltinEncoder(), work)
process.stdout.write(JSON.stringify({ node: process.version, ...decided }))
