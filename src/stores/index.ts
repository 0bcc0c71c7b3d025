export { openStores } from './open-stores.ts'
export { openSqliteRouteStore } from './sqlite/open-sqlite-route-store.ts'
export type { Stores } from './stores.ts'
