import { BusNetwork } from '../../support/fakes/bus.ts'
import { busContract } from './bus-contract.ts'

busContract('in one process', async () => {
  const network = new BusNetwork()
  return { bus: () => network.bus(), dispose: () => Promise.resolve() }
})
