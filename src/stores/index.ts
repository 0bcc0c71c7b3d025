export { openSqliteRecordStores } from './sqlite/open-sqlite-record-stores.ts'
export { openSqliteRouteStore } from './sqlite/open-sqlite-route-store.ts'
