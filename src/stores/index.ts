export { openStores } from './open-stores.ts'
export { openSqliteRecordStores } from './sqlite/open-sqlite-record-stores.ts'
export { openSqliteRouteStore } from './sqlite/open-sqlite-route-store.ts'
export type { Stores, StoresOptions } from './stores.ts'
