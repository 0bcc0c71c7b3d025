/** The client alone: the package's front door also loads its `fetch`, WebSocket and caches, 14 MB that nothing here uses. */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici'

  export default Agent
}
