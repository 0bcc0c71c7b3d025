import { expect, it } from 'vitest'
import { isSpecialAddress, refusePrivateHost } from './public-lookup.ts'

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.0.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::a00:1',
  '2001::1',
  '2002:a00:1::',
  'fd00::1',
  'fe80::1',
  'ff02::1',
])('is of no server on the public network: %s', (address) => {
  expect(isSpecialAddress(address)).toBe(true)
})

it.each(['1.1.1.1', '100.128.0.1', '172.32.0.1', '192.169.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
  'may be of a server on the public network: %s',
  (address) => {
    expect(isSpecialAddress(address)).toBe(false)
  },
)

it('refuses addresses however they are written, and leaves names to the lookup', () => {
  for (const host of ['127.1', '0x7f000001', '2130706433', '[::ffff:a00:1]', '[fe80::1]']) {
    expect(() => refusePrivateHost(`http://${host}/`), host).toThrow(/allowPrivate: true/)
  }
  expect(() => refusePrivateHost('https://hook.example/')).not.toThrow()
})
