/**
 * The states that can be reached from a place, by their distance; and as a picture if there are
 * few.
 */
import type { Event } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { eventSentence } from "../report/event-sentence.ts"
import { wordsOf } from "../report/trace.ts"
import type { Exploration } from "./exploration.ts"
import type { GraphFound, GraphPicture, Place } from "./messages.ts"

/** The maximum number of states in a picture. */
export const maxDrawn = 400

interface Vertex {
  readonly state: Int32Array
  readonly depth: number
  readonly parent: number
  readonly event: Event | undefined
}

/** A search of the states around a place, one piece at a time. */
export class Graph {
  private readonly network: Network
  private readonly vertices: Array<Vertex> = []
  private readonly numbers = new Map<string, number>()
  private readonly edges: Array<readonly [number, number, Event]> = []
  private next = 0

  constructor(explored: Network, state: Int32Array) {
    this.network = new Network(explored.model)
    const from = state.map((value, component) =>
      this.network.numberFor(component, explored.content(component, value))
    )
    this.note(from, 0, -1, undefined)
  }

  get states(): number {
    return this.vertices.length
  }

  get depth(): number {
    return this.vertices.at(-1)?.depth ?? 0
  }

  get isExhausted(): boolean {
    return this.next === this.vertices.length
  }

  /** Expands up to `states` more states. Returns false when none are left. */
  advance(states: number): boolean {
    const { network } = this
    for (let done = 0; done < states && this.next < this.vertices.length; done++) {
      const number = this.next++
      const { state, depth } = this.vertices[number] as Vertex
      network.expand(state, {
        visit: (label) => {
          const [event] = network.describe(label)
          const to = this.note(network.successor.slice(), depth + 1, number, event)
          if (number < maxDrawn) this.edges.push([number, to, event as Event])
        }
      })
    }
    return !this.isExhausted
  }

  /** The states found, with a picture of them if there are few enough. */
  found(exploration: Exploration, place: Place): GraphFound {
    const byDepth: Array<number> = []
    for (const { depth } of this.vertices) byDepth[depth] = (byDepth[depth] ?? 0) + 1
    const counts = this.network.actionCounts()
    const { kinds } = this.network.locals.transitions
    const actions = counts
      .map((count, kind) => [kinds.value(kind), count] as const)
      .filter(([, count]) => count > 0)
      .sort(([left], [right]) => (left < right ? -1 : 1))
    const isSmall = this.isExhausted && this.vertices.length <= maxDrawn
    return {
      tell: "graph",
      isExhaustive: this.isExhausted,
      byDepth,
      picture: isSmall ? this.picture(exploration, place) : undefined,
      actions
    }
  }

  private picture(exploration: Exploration, { run, at }: Place): GraphPicture {
    const words = wordsOf(this.network.model)
    const before = run.slice(0, at)
    const stuck = new Set(this.vertices.keys())
    for (const [from] of this.edges) stuck.delete(from)
    return {
      states: this.vertices.map(({ state, depth }, number) => ({
        depth,
        run: exploration.codesFor(this.eventsTo(number), before).slice(before.length),
        mark: this.markOf(state, stuck.has(number))
      })),
      edges: this.edges.map(([from, to, event]) => [from, to, eventSentence(words, event)])
    }
  }

  private markOf(state: Int32Array, isStuck: boolean): "done" | "broken" | "stuck" | undefined {
    if (this.network.judge(state) !== 0) return "broken"
    if (this.network.isDone(state)) return "done"
    return isStuck ? "stuck" : undefined
  }

  private eventsTo(number: number): ReadonlyArray<Event> {
    const events: Array<Event> = []
    for (let at = number; at > 0; ) {
      const { event, parent } = this.vertices[at] as Vertex
      events.unshift(event as Event)
      at = parent
    }
    return events
  }

  private note(state: Int32Array, depth: number, parent: number, event: Event | undefined): number {
    const key = state.join()
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    this.numbers.set(key, this.vertices.length)
    return this.vertices.push({ state, depth, parent, event }) - 1
  }
}
