// Runs every command of docs/guides and writes what it prints below it, so that the guides show real output only.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guideFolder, guideNames, readGuide, runGuide, withOutput } from './guide-commands.ts'

for (const name of guideNames()) {
  const text = readGuide(name)
  const runs = runGuide(text)
  const broken = runs.find(({ output }) => output.includes('Something unexpected happened'))
  if (broken) throw new Error(`${name} was left as it is: ${broken.command}\n${broken.output}`)
  writeFileSync(join(guideFolder, name), withOutput(text, runs))
}
