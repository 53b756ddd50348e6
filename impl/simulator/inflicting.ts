/** The effects of faults on a simulated system while they last, in nodes, links and disks. */
import type { Ailments, SimulatedDisk } from "./disk.ts"
import type { SimulatedNetwork } from "./network.ts"
import type { Fault, Plan } from "./plan.ts"
import type { Life, World } from "./world.ts"

const networkMilliseconds = 1
const diskMilliseconds = 1

/** A storage node, and its condition. */
export interface Server {
  readonly name: string
  readonly disk: SimulatedDisk
  life: Life
  clockOffset: number
  /** Whether the node is lost permanently. */
  isLost: boolean
}

/** The system that the faults affect. */
export interface Afflicted {
  readonly world: World
  readonly network: SimulatedNetwork
  readonly servers: ReadonlyArray<Server>
  readonly crash: (one: Server, downMilliseconds: number) => void
  readonly crashClient: (index: number) => void
  /** The names of the users of the storage nodes. */
  readonly users: () => ReadonlyArray<string>
}

export class Inflicting {
  private readonly afflicted: Afflicted

  constructor(afflicted: Afflicted) {
    this.afflicted = afflicted
  }

  inflict(fault: Fault): void {
    const { world, network, servers, crash, crashClient } = this.afflicted
    switch (fault._tag) {
      case "CrashServer":
        crash(this.server(fault.server), fault.downMilliseconds)
        return
      case "LoseServer":
        crash(this.server(fault.server), Number.POSITIVE_INFINITY)
        this.server(fault.server).isLost = true
        return
      case "CrashAll":
        for (const one of servers) crash(one, fault.downMilliseconds)
        return
      case "CrashClient":
        crashClient(fault.client)
        return
      case "Partition":
        this.partition(fault)
        return
      case "CutConnections":
        network.cut((pair) => pair.split(">").includes(this.server(fault.server).name))
        return
      case "SlowDisk":
        this.ail(fault.server, fault.milliseconds, (ailments, on) => {
          ailments.meanMilliseconds = on ? 100 * diskMilliseconds : diskMilliseconds
        })
        return
      case "FullDisk":
        this.ail(fault.server, fault.milliseconds, (ailments, on) => {
          ailments.isFull = on
        })
        return
      case "BadNetwork":
        Object.assign(network.ailments, badNetwork)
        world.after(fault.milliseconds, () => Object.assign(network.ailments, calmNetwork()))
        return
      case "ClockJump":
        this.server(fault.server).clockOffset += fault.byMilliseconds
        return
    }
  }

  private server(index: number): Server {
    return this.afflicted.servers[index] as Server
  }

  private partition({
    server: index,
    direction,
    milliseconds
  }: Extract<Fault, { _tag: "Partition" }>): void {
    const { name } = this.server(index)
    const { world, network, servers, users } = this.afflicted
    for (const other of [...servers.map((one) => one.name), ...users()]) {
      if (direction !== "out") network.block(other, name)
      if (direction !== "in") network.block(name, other)
    }
    world.after(milliseconds, () => network.unblock())
  }

  private ail(
    index: number,
    milliseconds: number,
    apply: (ailments: Ailments, on: boolean) => void
  ): void {
    const { ailments } = this.server(index).disk
    apply(ailments, true)
    this.afflicted.world.after(milliseconds, () => apply(ailments, false))
  }
}

export const calmNetwork = () => ({
  meanMilliseconds: networkMilliseconds,
  lossProbability: 0,
  repetitionProbability: 0
})
const badNetwork = {
  meanMilliseconds: 10 * networkMilliseconds,
  lossProbability: 0.2,
  repetitionProbability: 0.2
}
export const calmDisk = ({ lyingDisks }: Plan): Ailments => ({
  meanMilliseconds: diskMilliseconds,
  isFull: false,
  lies: lyingDisks ?? false
})
