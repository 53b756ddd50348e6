/**
 * The models follow what the checker visits: every state of a search, along the path on which the
 * search found it; and the runs that it found to break a property.
 */
import { Search } from "../../checker/engine/search.ts"
import { visitedOf } from "../../checker/liveness/visited.ts"
import { type Event, type Model, nodesOf } from "../../checker/network/model.ts"
import { Network } from "../../checker/network/network.ts"
import { allReductions, soundReductions } from "../../checker/network/reductions.ts"
import { wayAlong, wayTo } from "../../checker/report/replay.ts"
import type { Taken } from "../../proofs/tie/run.ts"
import { followStep, type Tie } from "../../proofs/tie/tie.ts"
import { Departure } from "../../proofs/tie/world.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyProcess } from "../../spec/kernel/process.ts"
import { shipped } from "../checker/shipped.ts"

/** What a model is tied to: the nodes of the scenario, and those that lie from the start. */
export interface Scene {
  readonly model: Model
  readonly liars: ReadonlyArray<string>
}
export type TieOf = (scene: Scene) => Tie

/** The steps of correct nodes in a run of these events. */
class Steps {
  private readonly running: Map<
    NodeId,
    { readonly role: string; process: AnyProcess; state: unknown }
  >
  private readonly context: unknown

  constructor({ model, liars }: Scene) {
    this.context = model.system.context
    this.running = new Map(
      nodesOf(model)
        .filter(({ id }) => !liars.includes(id))
        .map(({ id, role, process }) => [
          id,
          { role, process, state: process.initial(this.context, id) }
        ])
    )
  }

  /** The step that a node takes at this event; nothing if it has failed, or fails now. */
  take({ node, action }: Event): Taken | undefined {
    const running = this.running.get(node)
    if (running === undefined) return undefined
    if (action._tag === "Fault") {
      this.running.delete(node)
      return undefined
    }
    const { role, process, state: before } = running
    const step = process.step(this.context, node, before, action)
    running.state = step.state
    return { node, role, before, input: action, step }
  }
}

const sceneOf = (model: Model): Scene => ({
  model,
  liars: (model.faults.atStart ?? []).map(({ node }) => node)
})

export interface Visited {
  /** How many states were followed into; in all of them all sentences were evaluated. */
  readonly states: number
  readonly steps: number
  readonly departure: string | undefined
}

/**
 * Follows the search of a shipped scenario into every state that it visits; with `every`, along
 * every so many of the ways to those that are last on theirs.
 */
export const followVisited = (name: string, tieOf: TieOf, every = 1): Visited => {
  const { model } = shipped(name)
  const network = new Network(model, soundReductions(allReductions, model, false))
  const search = new Search(network, { checksDeadlock: false })
  while (search.advance(1 << 16));
  const { shard } = search
  const { size, has } = visitedOf(shard)
  const numbers = Array.from({ length: size }, (_, number) => number).filter(has)
  const inside = new Set(numbers.map((number) => shard.visited.parentOf(number)))
  const judged = new Set<number>()
  const lasts = numbers.filter((number) => !inside.has(number))
  let steps = 0
  try {
    for (const last of lasts.filter((_, place) => place % every === 0)) {
      const path: Array<number> = []
      for (let at = last; at >= 0; at = shard.visited.parentOf(at)) path.unshift(at)
      const tie = tieOf(sceneOf(model))
      const world = tie.world()
      const run = new Steps(sceneOf(model))
      let end = network.start
      path.forEach((number, place) => {
        const before = path[place - 1]
        if (before !== undefined) {
          const pair = [shard.visited.fingerprintOf(before), shard.visited.fingerprintOf(number)]
          const way = wayAlong(network, pair, end)
          end = way.end
          for (const event of way.events) {
            const taken = run.take(event)
            if (taken === undefined) continue
            steps++
            followStep(tie, world, taken)
          }
        }
        if (judged.has(number)) return
        judged.add(number)
        world.checkSentences()
      })
    }
  } catch (error) {
    if (!(error instanceof Departure)) throw error
    return { states: judged.size, steps, departure: error.message }
  }
  return { states: judged.size, steps, departure: undefined }
}

/**
 * Follows the shortest run of a shipped scenario that breaks one of its properties, to its end or
 * until it departs.
 */
export const followBroken = (
  name: string,
  tieOf: TieOf
): { readonly property: string; readonly departure: string | undefined } => {
  const { model } = shipped(name)
  const network = new Network(model, soundReductions(allReductions, model, false))
  const search = new Search(network, { checksDeadlock: false })
  while (search.findings.length === 0 && search.advance(1 << 10, ({ length }) => length > 0));
  const [finding] = search.findings
  if (finding === undefined) throw new Error(`${name}: nothing is broken`)
  const tie = tieOf(sceneOf(model))
  const world = tie.world()
  const run = new Steps(sceneOf(model))
  try {
    for (const event of wayTo(network, search.pathTo(finding), finding).events) {
      const taken = run.take(event)
      if (taken !== undefined) followStep(tie, world, taken)
    }
    world.checkSentences()
  } catch (error) {
    if (!(error instanceof Departure)) throw error
    return { property: finding.property, departure: error.message }
  }
  return { property: finding.property, departure: undefined }
}
