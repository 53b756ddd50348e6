/**
 * The plan of a simulated run: its size, its seed, and the faults that the seed plans. All of it is
 * data, so a run can be repeated, and minimised by leaving faults out.
 */
import { Random } from "./random.ts"

export interface Plan {
  readonly seed: number
  readonly protocol: string
  readonly variant: string
  readonly servers: number
  /** Storage nodes besides those of the first configuration. */
  readonly spares: number
  /**
   * The number of times that the configuration is replaced under load; removed nodes may be
   * switched off permanently.
   */
  readonly reconfigurations: number
  readonly clients: number
  readonly registers: number
  /** The number of operations begun. */
  readonly operations: number
  /** How long faults occur, in simulated milliseconds. */
  readonly faultMilliseconds: number
  /**
   * The number of lying members in each configuration, if storage nodes may lie; if an
   * administrator replaces them, removed nodes may lie too.
   */
  readonly liars?: number
  /** The numbers of the planned faults that occur; by default all. */
  readonly faults?: ReadonlyArray<number>
  /** Disks that report a sync as done when it is not: the run must detect them. */
  readonly lyingDisks?: boolean
}

export const defaultPlan: Omit<Plan, "seed"> = {
  protocol: "majority",
  variant: "correct",
  servers: 3,
  spares: 0,
  reconfigurations: 0,
  clients: 4,
  registers: 3,
  operations: 600,
  faultMilliseconds: 10_000
}

export type Fault =
  | { readonly _tag: "CrashServer"; readonly server: number; readonly downMilliseconds: number }
  /** The server never comes back. At most a minority of the servers is lost in this way. */
  | { readonly _tag: "LoseServer"; readonly server: number }
  /** Every server at once, as in a power failure of a building. */
  | { readonly _tag: "CrashAll"; readonly downMilliseconds: number }
  /** The client never comes back; another one takes its place. */
  | { readonly _tag: "CrashClient"; readonly client: number }
  /** Nothing arrives in one direction, or in both. */
  | {
      readonly _tag: "Partition"
      readonly server: number
      readonly direction: "in" | "out" | "both"
      readonly milliseconds: number
    }
  | { readonly _tag: "CutConnections"; readonly server: number }
  | { readonly _tag: "SlowDisk"; readonly server: number; readonly milliseconds: number }
  | { readonly _tag: "FullDisk"; readonly server: number; readonly milliseconds: number }
  | { readonly _tag: "BadNetwork"; readonly milliseconds: number }
  | { readonly _tag: "ClockJump"; readonly server: number; readonly byMilliseconds: number }

export interface PlannedFault {
  readonly number: number
  readonly atMilliseconds: number
  readonly fault: Fault
}

const meanBetweenFaultsMilliseconds = 250

/** The planned faults that are not left out. */
export const faultsOf = (plan: Plan): ReadonlyArray<PlannedFault> => {
  const random = new Random(plan.seed, "faults")
  const planned: Array<PlannedFault> = []
  let at = random.delay(meanBetweenFaultsMilliseconds)
  for (let number = 1; at < plan.faultMilliseconds; number++) {
    planned.push({ number, atMilliseconds: at, fault: drawFault(plan, random) })
    at += random.delay(meanBetweenFaultsMilliseconds)
  }
  const losses = planned.filter(({ fault }) => fault._tag === "LoseServer")
  const lost = [
    ...new Set(losses.map(({ fault }) => (fault as { readonly server: number }).server))
  ]
  // If configurations are replaced, nodes are lost by removal.
  const bearable =
    plan.liars === undefined
      ? Math.ceil(plan.servers / 2) - 1
      : Math.max(0, Math.ceil(plan.servers / 3) - 1 - plan.liars)
  const allowed = lost.slice(0, plan.reconfigurations > 0 ? 0 : bearable)
  return planned
    .filter(({ fault }) => fault._tag !== "LoseServer" || allowed.includes(fault.server))
    .filter(({ number }) => plan.faults?.includes(number) ?? true)
}

/** A random fault, of a kind drawn by weight. */
const drawFault = (plan: Plan, random: Random): Fault => {
  const server = random.below(plan.servers + plan.spares)
  const milliseconds = random.delay(1000)
  const kinds: ReadonlyArray<readonly [weight: number, fault: () => Fault]> = [
    [12, () => ({ _tag: "CrashServer", server, downMilliseconds: milliseconds })],
    [1, () => ({ _tag: "LoseServer", server })],
    [4, () => ({ _tag: "CrashAll", downMilliseconds: milliseconds / 4 })],
    [4, () => ({ _tag: "CrashClient", client: random.below(plan.clients) })],
    [
      6,
      () => ({
        _tag: "Partition",
        server,
        direction: random.pick(["in", "out", "both"]),
        milliseconds
      })
    ],
    [4, () => ({ _tag: "CutConnections", server })],
    [2, () => ({ _tag: "SlowDisk", server, milliseconds })],
    [2, () => ({ _tag: "FullDisk", server, milliseconds })],
    [4, () => ({ _tag: "BadNetwork", milliseconds })],
    [2, () => ({ _tag: "ClockJump", server, byMilliseconds: (random.fraction() - 0.5) * 20_000 })]
  ]
  const drawn = random.pick(
    kinds.flatMap(([weight, fault]) => Array.from({ length: weight }, () => fault))
  )
  return drawn()
}

/** A fault in a few words. */
export const describeFault = ({ number, atMilliseconds, fault }: PlannedFault): string => {
  const { _tag, ...rest } = fault
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === "number" ? Math.round(value) : value}`
  )
  return `${number}: at ${Math.round(atMilliseconds)} ms ${_tag} ${details.join(" ")}`
}
