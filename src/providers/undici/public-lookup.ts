import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** What no server on the public network has: RFC 6890's special-purpose addresses, and IPv4 in IPv6. */
const special = new BlockList()
// A list of its own: one for both takes every IPv4 address for one in ::ffff:0:0/96.
const specialIpv6 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, prefix)
}
for (const [network, prefix] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  specialIpv6.addSubnet(network, prefix, 'ipv6')
}

/** Whether an address belongs to this machine, a private network, or nobody. */
export function isSpecialAddress(address: string): boolean {
  return isIP(address) === 6 ? specialIpv6.check(address, 'ipv6') : special.check(address)
}

/** Looks names up at the moment of connecting, so that a name cannot turn private after it was checked. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    const refused = addresses.find(({ address }) => isSpecialAddress(address))
    if (refused !== undefined) return callback(privateAddress(hostname), [])
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}

/** Literal addresses are never looked up. */
export function refusePrivateHost(url: string): void {
  const { hostname } = new URL(url)
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0 && isSpecialAddress(address)) throw privateAddress(hostname)
}

function privateAddress(hostname: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(
    `${hostname} is on a private network or this machine; set allowPrivate: true on the webhook if that is meant`,
  )
  error.code = 'PRIVATE_ADDRESS'
  return error
}
