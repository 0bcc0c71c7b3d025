import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { StrataError } from '../../errors/index.ts'
import { startRefusal } from '../start-refusal.ts'

/**
 * The port that workers will share: `port`, or a free one for 0. Nobody else listens there, which the workers
 * themselves would not notice, as they let others share their port.
 * @throws StrataError as `startServer`
 */
export async function findPort(host: string, port: number): Promise<number> {
  const holder = createServer()
  try {
    await once(holder.listen({ host, port, exclusive: true }), 'listening')
  } catch (error) {
    const refusal = startRefusal(error, host, port)
    if (refusal === null) throw error
    throw new StrataError(refusal.code, `${refusal.problem}; ${refusal.remedy}.`, { cause: error })
  }
  const found = (holder.address() as AddressInfo).port
  await new Promise((resolve) => holder.close(resolve))
  return found
}
