/**
 * The graph of configurations that a run of DynaStore traversed (tutorial 6, figure 1), as text,
 * for Graphviz and for Mermaid: every edge that some client followed, with these clients, so that
 * the picture shows each client's subgraph.
 */

import { dynastore } from "../../../spec/dynastore/protocol.ts"
import type { ClientState } from "../../../spec/dynastore/state.ts"
import {
  describeView,
  extended,
  lacking,
  membersOf,
  sizeOf,
  type View
} from "../../../spec/dynastore/view.ts"
import { equals, setOf } from "../../../spec/kernel/data.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { describeOperation } from "../../../spec/kernel/object.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import { describeChange } from "../../../spec/storage/reconfiguration.ts"

/** A step of a node: its state before and after, and its observations. */
export interface StateChange {
  readonly node: NodeId
  readonly before: unknown
  readonly after: unknown
  readonly observations: ReadonlyArray<AnyObservation>
}

export interface Edge {
  readonly from: View
  readonly to: View
}

/**
 * What one operation traversed: the edges that it followed, and the views in which it stored data,
 * in order.
 */
export interface Traversed {
  readonly client: NodeId
  readonly operation: AnyOperation
  readonly from: View
  readonly edges: ReadonlyArray<Edge>
  readonly stored: ReadonlyArray<View>
  /** The view in which the operation ended; null if it did not end. */
  readonly end: View | null
}

/** The traversals of a run, in the order in which they began. */
export const traversalsOf = (steps: ReadonlyArray<StateChange>): ReadonlyArray<Traversed> => {
  const all: Array<Traversed> = []
  const current = new Map<NodeId, number>()
  const amend = (client: NodeId, change: (one: Traversed) => Traversed): void => {
    const index = current.get(client)
    if (index !== undefined) all[index] = change(all[index] as Traversed)
  }
  for (const { node, before, after, observations } of steps) {
    amend(node, (one) => ({ ...one, edges: [...one.edges, ...followed(before, after)] }))
    for (const observation of observations) {
      if (observation._tag === "Invocation") {
        current.set(node, all.length)
        const { view } = before as ClientState
        all.push({
          client: node,
          operation: observation.operation,
          from: view,
          edges: [],
          stored: [],
          end: null
        })
      }
      if (observation._tag === "Note" && observation.name === "stores") {
        const { view } = observation.detail as { readonly view: View }
        amend(node, (one) => ({ ...one, stored: [...one.stored, view] }))
      }
      if (observation._tag === "Response")
        amend(node, (one) => ({ ...one, end: (after as ClientState).view }))
    }
  }
  return all
}

/**
 * The edges that a client follows in a step: those that its scan found, if it leaves the view that
 * it visited.
 */
const followed = (before: unknown, after: unknown): ReadonlyArray<Edge> => {
  const [was, is] = [before, after] as ReadonlyArray<ClientState>
  if (was?._tag !== "Traversing" || was.stage._tag !== "Getting" || is?._tag !== "Traversing")
    return []
  if (is.phase === was.phase || !equals(is.start, was.start)) return []
  const { view } = was
  return was.stage.found.map((change) => ({ from: view, to: extended(view, change) }))
}

/** The graph as a whole: its views by size, and its edges with the clients that followed them. */
interface Graph {
  readonly views: ReadonlyArray<View>
  readonly edges: ReadonlyArray<Edge & { readonly clients: ReadonlyArray<NodeId> }>
}

const graphOf = (traversals: ReadonlyArray<Traversed>): Graph => {
  const edges = setOf(traversals.flatMap((one) => one.edges))
  const views = setOf(
    traversals.flatMap((one) => [one.from, ...one.edges.flatMap(({ from, to }) => [from, to])])
  )
  return {
    views: [...views].sort((left, right) => sizeOf(left) - sizeOf(right)),
    edges: edges.map((edge) => ({
      ...edge,
      clients: setOf(
        traversals
          .filter((one) => one.edges.some((other) => equals(other, edge)))
          .map(({ client }) => client)
      )
    }))
  }
}

const changeAlong = ({ from, to }: Edge): string => describeChange(lacking(to, from))

/** The graph in lines of text: its edges, then each operation's way through it. */
export const graphText = (traversals: ReadonlyArray<Traversed>): string => {
  const { edges } = graphOf(traversals)
  const lines = edges.map((edge) => {
    const way = `${describeView(edge.from)} --[${changeAlong(edge)}]--> ${describeView(edge.to)}`
    return `  ${way}   (${edge.clients.join(", ")})`
  })
  return [
    "edges, and who followed them",
    ...lines,
    "",
    "each operation",
    ...traversals.map(wayOf)
  ].join("\n")
}

const wayOf = ({ client, edges, end, from, operation, stored }: Traversed): string => {
  const visited = setOf([from, ...edges.map(({ to }) => to)])
  const ways = [...visited].sort((left, right) => sizeOf(left) - sizeOf(right)).map(describeView)
  const ending = end === null ? "and has not ended" : `and ends in ${describeView(end)}`
  const storing = stored.length === 0 ? "nowhere" : stored.map(describeView).join(" and ")
  return `  ${client}'s ${describeOperation(dynastore.objects, operation)} visits ${ways.join(", ")}; stores in ${storing}, ${ending}`
}

/** A view's name in a picture: its members. */
const label = (view: View): string => membersOf(view).join(", ") || "nobody"

const isStored = (traversals: ReadonlyArray<Traversed>, view: View): boolean =>
  traversals.some(({ stored }) => stored.some((other) => equals(other, view)))

/** The graph for Mermaid. A view in which data was stored has a double border. */
export const graphMermaid = (traversals: ReadonlyArray<Traversed>): string => {
  const { edges, views } = graphOf(traversals)
  const name = (view: View): string => `v${views.findIndex((other) => equals(other, view))}`
  const box = (view: View): string =>
    isStored(traversals, view) ? `[["${label(view)}"]]` : `["${label(view)}"]`
  return [
    "flowchart LR",
    ...views.map((view) => `  ${name(view)}${box(view)}`),
    ...edges.map(
      (edge) =>
        `  ${name(edge.from)} -- "${changeAlong(edge)} (${edge.clients.join(", ")})" --> ${name(edge.to)}`
    )
  ].join("\n")
}

/** The graph for Graphviz. A view in which data was stored has a double border. */
export const graphDot = (traversals: ReadonlyArray<Traversed>): string => {
  const { edges, views } = graphOf(traversals)
  const name = (view: View): string => `v${views.findIndex((other) => equals(other, view))}`
  const border = (view: View): string => (isStored(traversals, view) ? ", peripheries=2" : "")
  return [
    "digraph configurations {",
    "  rankdir=LR; node [shape=box];",
    ...views.map((view) => `  ${name(view)} [label="${label(view)}"${border(view)}];`),
    ...edges.map(
      (edge) =>
        `  ${name(edge.from)} -> ${name(edge.to)} [label="${changeAlong(edge)} (${edge.clients.join(", ")})"];`
    ),
    "}"
  ].join("\n")
}
