/** How the reader started this program, so that the commands we print can be pasted. */
export function programName(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.npm_lifecycle_event === 'cli' ? 'npm run -s cli --' : 'stratarouter'
}
