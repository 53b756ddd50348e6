/**
 * What a search would take on more machines than there are here, from what runs here measured.
 *
 * A machine does its share of what one worker does, and of the exchange; every machine puts all
 * states in order; and the rounds wait for each other. Start-up and compilation count as exchange,
 * so the figures are on the safe side for a large search.
 */

import { noList } from "../../checker/distributed/lists.ts"
import { inOrder, orderOf } from "../../checker/distributed/order.ts"
import { Frontier } from "../../checker/engine/frontier.ts"
import { partitionCount } from "../../checker/engine/numbers.ts"
import { statesOfRound } from "../../checker/engine/search.ts"
import type { Run } from "./runners.ts"

const machines = 64
/** Between machines of one network; and what a link carries, in bytes a second. */
const roundTripSeconds = 200e-6
const links = [
  ["1 Gbit/s", 1e9 / 8],
  ["10 Gbit/s", 1e10 / 8]
] as const
/** A round has three orders of the conductor and three exchanges between runners. */
const tripsOfRound = 6
/** One byte for each expanded state, and one for each new one. */
const orderBytes = 2

/** The processor time in which a runner puts a state in order that another one has found. */
const orderSeconds = (): number => {
  const states = statesOfRound(Number.MAX_SAFE_INTEGER)
  const found = { next: noList, late: noList, entered: new Int32Array(2 * partitionCount) }
  const marks = Int32Array.from({ length: states }, (_, entry) => (entry % partitionCount) + 1)
  const order = orderOf({ counts: new Int32Array(states).fill(1), marks }, states)
  const frontier = new Frontier()
  frontier.endRound()
  frontier.arrange([{ ...found, counts: Int32Array.of(states), marks }], () => 0)
  const rounds = (from: number, to: number) => {
    const { user } = process.cpuUsage()
    for (let round = from; round < to; round++) {
      frontier.enter(round)
      frontier.beginRound(states)
      frontier.endRound()
      frontier.arrange([{ ...found, ...inOrder(order) }], () => 0)
    }
    return (process.cpuUsage().user - user) / 1e6 / (to - from) / states
  }
  // The first rounds are compiled on the way.
  rounds(0, 20)
  return rounds(20, 60)
}

/** The share of successors that another of so many runners owns. */
const away = (runners: number): number => (runners - 1) / runners

/** A sentence for each kind of link. */
export const onMachines = (one: Run, run: Run, runners: number): string => {
  const { distinct, generated } = run.counts
  const grown = away(machines) / away(runners)
  const exchange = Math.max(0, run.processorSeconds - one.processorSeconds) * grown
  const order = orderSeconds() * distinct
  const waiting = run.rounds * tripsOfRound * roundTripSeconds
  const foundBytes = run.sentBytes - distinct * orderBytes * (runners - 1)
  const bytes = (foundBytes * grown) / machines + distinct * orderBytes
  const lines = links.map(([name, bytesPerSecond]) => {
    const sending = bytes / bytesPerSecond
    const computing = ((one.processorSeconds + exchange) / machines) * run.skew
    const seconds = computing + order + waiting + sending
    const parts = { computing, order, waiting, sending }
    const told = Object.entries(parts).map(([part, took]) => `${part} ${took.toFixed(2)}`)
    const faster = (one.processorSeconds / seconds).toFixed(1)
    return `on ${machines} machines with ${name}: ${seconds.toFixed(2)} s (${told.join(", ")}), ${faster} times as fast as one worker`
  })
  const perTransition = ((exchange / generated) * 1e9).toFixed(0)
  const perState = ((order / distinct) * 1e9).toFixed(0)
  return [`exchange ${perTransition} ns a transition, order ${perState} ns a state`, ...lines].join(
    "\n"
  )
}
