/** Whether a name or address, IPv6 with or without brackets, can only mean this machine. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|::1|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i.test(host)
}
