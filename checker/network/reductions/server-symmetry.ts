/**
 * Reduction `server-symmetry`: of all states that differ only in the names of interchangeable nodes
 * of one role, the search visits one.
 *
 * The checker derives which nodes are interchangeable, and what renaming them does to a state, from
 * the scenario (nothing in it distinguishes the nodes, and they invoke no operations) and from the
 * Schemas (which say where identities occur). At every new step it tries that the processes do
 * treat the nodes alike.
 *
 * To find the representative of a state, the search sorts such nodes by their looks: how each
 * appears to itself and to every other node. In rare states two nodes look the same and are still
 * not interchangeable; such a state has more than one representative, which costs states but
 * changes no verdict.
 */
import { canonical, equals } from "../../../spec/kernel/data.ts"
import { NodeId } from "../../../spec/kernel/node.ts"
import { objectTypeOf } from "../../../spec/kernel/object.ts"
import type { AnyObserver } from "../../../spec/kernel/observer.ts"
import { type Renaming, renamer } from "../../../spec/kernel/renaming.ts"
import type { SystemNode } from "../../../spec/kernel/system.ts"
import { DenseMemo } from "../../engine/dense-memo.ts"
import { hashText } from "../../engine/hash.ts"
import { missing, PairMemo } from "../../engine/pair-memo.ts"
import type { Hooks } from "../hooks.ts"
import { faultsOf, type Model, type ModelNode, nodesOf, type Taken } from "../model.ts"
import {
  correctly,
  type Effect,
  type Envelope,
  type Image,
  PromiseBroken
} from "../process-table.ts"
import type { Installation, Reduction } from "../reduction.ts"

const renameNode = renamer(NodeId)

/** The sets of two or more nodes that nothing in the model distinguishes. */
export const interchangeable = (model: Model): ReadonlyArray<ReadonlyArray<NodeId>> => {
  const { protocol, system } = model
  if (protocol.Parameters === undefined) return []
  const renameParameters = renamer(protocol.Parameters)
  const nodes = nodesOf(model)
  const scripts = nodes.map(({ script }) => script)
  const renamed = (swap: Renaming) => [
    renameParameters(swap, system.parameters),
    scripts.map((script) =>
      script.map((operation) => {
        const type = objectTypeOf(protocol.objects, operation)
        return type === undefined ? operation : renamer(type.Operation)(swap, operation)
      })
    )
  ]
  const asItIs = canonical([system.parameters, scripts])
  const isSame = (left: SystemNode, right: SystemNode): boolean =>
    left.role === right.role &&
    left.process === right.process &&
    equals(sufferedBy(model, left.id), sufferedBy(model, right.id)) &&
    canonical(renamed(swapOf(left.id, right.id))) === asItIs
  const classes: Array<Array<ModelNode>> = []
  for (const node of nodes.filter(({ script }) => script.length === 0)) {
    const known = classes.find(([first]) => first !== undefined && isSame(first, node))
    if (known === undefined) classes.push([node])
    else known.push(node)
  }
  return classes.filter(({ length }) => length > 1).map((alike) => alike.map(({ id }) => id))
}

/** The budgets of faults that name the node, and its faults at the start. */
const sufferedBy = ({ faults: { budgets, atStart = [] } }: Model, node: NodeId) => [
  budgets.map(({ nodes }) => nodes.includes(node)),
  atStart.filter((one) => one.node === node).map(({ fault }) => fault.name)
]

const swapOf = (left: string, right: string): Renaming =>
  new Map([
    [left, right],
    [right, left]
  ])

/**
 * The names in a look for the server that the look describes, and for every other server of its
 * class.
 */
const itself = "*"
const another = "_"

/**
 * With so few renamings, a row for each local state takes little memory: the renamings of four
 * nodes.
 */
const fewRenamings = 24

/** 13^13 is the last such power below 2^53. */
const maxExactPlaces = 13

class Symmetry {
  private readonly tables: Installation
  /** Per class, the slots of its servers, in ascending order. */
  private readonly classes: ReadonlyArray<ReadonlyArray<number>>
  private readonly otherSlots: ReadonlyArray<number>
  private readonly swaps: ReadonlyArray<Renaming>
  /** Per local state of a server, the server's look from there. */
  private readonly ownLooks: Array<number | undefined> = []
  /** Per local state and server, the server's look from there. */
  private readonly looks: Array<Float64Array | undefined> = []
  /** Per component that belongs to no node, what each of its values shows of a server. */
  private readonly restLooks: Array<PairMemo | undefined> = []
  private readonly renamings: Array<Renaming> = []
  private readonly renamingNumbers = new Map<number | string, number>()
  /** Local states by renamings: by the first ones, and by those beyond. */
  private readonly renamed = new DenseMemo()
  private readonly renamedByMany = new PairMemo()
  private readonly swappedProcesses = new PairMemo()
  private readonly swappedEnvelopes = new PairMemo()
  /** Per process state, the text of the choices that it offers. */
  private readonly offers: Array<string | undefined> = []
  private readonly unverified: Array<Image> = []
  private isVerifying = false
  private readonly scratch: Int32Array
  /** Scratch: the slots of a class in the order of their looks. */
  private readonly order: Int32Array
  /** The position of each slot's node in the latest representative. */
  readonly places: Int32Array

  constructor(tables: Installation) {
    const { model, processes } = tables
    this.tables = tables
    const classes = interchangeable(model)
    this.classes = classes.map((nodes) => nodes.map((node) => processes.slotOfNode(node)))
    const roles = new Set(this.classes.flat().map((slot) => processes.nodes[slot]?.role))
    this.otherSlots = processes.nodes.flatMap(({ role }, slot) => (roles.has(role) ? [] : [slot]))
    this.swaps = classes.flatMap((nodes) =>
      nodes.slice(1).map((node, index) => swapOf(nodes[index] as NodeId, node))
    )
    for (const node of classes.flat()) tables.hooks.unnamed.add(node)
    this.scratch = new Int32Array(processes.nodes.length)
    this.order = new Int32Array(processes.nodes.length)
    this.places = Int32Array.from(processes.nodes, (_, slot) => slot)
  }

  /** Replaces a state by its representative. */
  readonly represent = (state: Int32Array): void => {
    const { places } = this
    for (let slot = 0; slot < places.length; slot++) places[slot] = slot
    let moved = false
    for (const slots of this.classes) moved = this.sort(state, slots) || moved
    if (!moved) return
    const renaming = this.renamingOfPlaces()
    for (let slot = 0; slot < places.length; slot++) {
      this.scratch[places[slot] as number] = this.rename(state[slot] as number, renaming)
    }
    const { scratch } = this
    for (let slot = 0; slot < places.length; slot++) state[slot] = scratch[slot] as number
    this.tables.hooks.renameRest?.(state, this.renamings[renaming] as Renaming, renaming)
  }

  /** Sorts the servers of a class by their looks; returns true if any of them moves. */
  private sort(state: Int32Array, slots: ReadonlyArray<number>): boolean {
    const { order, places } = this
    let moved = false
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number
      let to = at
      while (to > 0 && this.comesBefore(state, slot, order[to - 1] as number)) {
        order[to] = order[to - 1] as number
        to--
        moved = true
      }
      order[to] = slot
    }
    if (moved)
      for (let at = 0; at < slots.length; at++) places[order[at] as number] = slots[at] as number
    return moved
  }

  private comesBefore(state: Int32Array, left: number, right: number): boolean {
    const own =
      this.ownLook(state[left] as number, left) - this.ownLook(state[right] as number, right)
    if (own !== 0) return own < 0
    for (const other of this.otherSlots) {
      const local = state[other] as number
      const difference = this.look(local, left) - this.look(local, right)
      if (difference !== 0) return difference < 0
    }
    const { rest } = this.tables.hooks
    for (let index = 0; index < rest.length; index++) {
      const difference = this.restLook(state, index, left) - this.restLook(state, index, right)
      if (difference !== 0) return difference < 0
    }
    return false
  }

  /** The look of the server at `slot` in a component that belongs to no node. */
  private restLook(state: Int32Array, index: number, slot: number): number {
    const { at, text } = this.tables.hooks.rest[index] as Hooks["rest"][number]
    const value = state[at] as number
    const looks = this.restLooks[index] ?? new PairMemo()
    this.restLooks[index] = looks
    const known = looks.get(value, slot)
    if (known !== missing) return known
    // A memo holds smaller numbers than a node's look.
    const number = hashText(text(value, this.masking(slot)), 0) >>> 1
    looks.set(value, slot, number)
    return number
  }

  /**
   * Renames all nodes of the classes to the names that they have in a look at the node at `slot`.
   */
  private masking(slot: number): Renaming {
    const { nodes } = this.tables.processes
    const server = nodes[slot]?.id
    return new Map(
      this.classes.flat().map((other) => {
        const id = nodes[other]?.id as string
        return [id, id === server ? itself : another]
      })
    )
  }

  /** The look of the server at `slot` from its own local state. */
  private ownLook(local: number, slot: number): number {
    const known = this.ownLooks[local] ?? this.look(local, slot)
    this.ownLooks[local] = known
    return known
  }

  /**
   * The look of the server at `slot` from a local state, as a hash of 52 bits: every worker must
   * arrive at the same order. If two looks collide, some states have more than one representative.
   */
  private look(local: number, slot: number): number {
    let row = this.looks[local]
    if (row === undefined) {
      row = new Float64Array(this.tables.processes.nodes.length).fill(missing)
      this.looks[local] = row
    }
    const known = row[slot] as number
    if (known !== missing) return known
    const text = canonical(this.content(local, this.masking(slot)))
    const number = (hashText(text, 0) >>> 0) * 2 ** 20 + (hashText(text, 1) >>> 12)
    row[slot] = number
    return number
  }

  /**
   * The renamed content of a local state: the process state, its position, and the messages in
   * flight to it.
   */
  private content(local: number, renaming: Renaming) {
    const { slot, position, faults } = this.tables.locals.detail(local)
    const decoded = this.tables.locals.decode(local)
    if (decoded === undefined) return { position, faults }
    const rename = this.tables.processes.renameState(slot, decoded.mode ?? correctly)
    const inbox = decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming))
    return {
      position,
      ...(faults === 0 ? {} : { faults }),
      state: rename(renaming, decoded.state),
      inbox: inbox.map((envelope) => ({ envelope, text: canonical(envelope) })).sort(byText)
    }
  }

  private renameEnvelope({ from, message }: Envelope, renaming: Renaming): Envelope {
    return {
      from: renameNode(renaming, from),
      message: this.tables.processes.renameMessage(renaming, message)
    }
  }

  private renamingOfPlaces(): number {
    const key = this.placesKey()
    const known = this.renamingNumbers.get(key)
    if (known !== undefined) return known
    const { nodes } = this.tables.processes
    const renaming = new Map(
      nodes.map(({ id }, slot) => [id as string, nodes[this.places[slot] as number]?.id as string])
    )
    const number = this.renamings.length
    this.renamings.push(renaming)
    this.renamingNumbers.set(key, number)
    return number
  }

  /** A key for `places`: a number while numbers are exact, otherwise a text. */
  private placesKey(): number | string {
    const { places } = this
    if (places.length > maxExactPlaces) return places.join(",")
    let key = 0
    for (let slot = 0; slot < places.length; slot++)
      key = key * places.length + (places[slot] as number)
    return key
  }

  private rename(local: number, number: number): number {
    if (number >= fewRenamings) {
      const known = this.renamedByMany.get(local, number)
      return known === missing ? this.findRenamed(local, number, this.renamedByMany) : known
    }
    const known = this.renamed.get(local, number)
    return known === missing ? this.findRenamed(local, number, this.renamed) : known
  }

  private findRenamed(local: number, number: number, memo: PairMemo | DenseMemo): number {
    const renaming = this.renamings[number] as Renaming
    const { locals, processes } = this.tables
    const { slot, position, faults } = locals.detail(local)
    const { id } = processes.nodes[slot] as ModelNode
    const decoded = locals.decode(local)
    const mode = decoded?.mode ?? correctly
    const renamed = locals.compose(
      this.slotOfImage(id, renaming),
      position,
      faults,
      decoded && {
        state: processes.renameState(slot, mode)(renaming, decoded.state),
        mode,
        inbox: decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming))
      }
    )
    memo.set(local, number, renamed)
    return renamed
  }

  /** The images of a process state and an input under each swap of two neighbours in a class. */
  readonly images = (process: number, input: Taken): ReadonlyArray<Image> => {
    const { processes } = this.tables
    const slot = processes.slotOfNode(processes.nodeOf(process).id)
    return this.swaps.map((_, number) => ({
      process: this.swapped(process, number),
      input:
        input._tag === "Receive"
          ? processes.receiving(
              this.swappedEnvelope(slot, processes.envelopeNumber(process, input), number)
            )
          : input
    }))
  }

  /** A process state with two servers swapped. */
  private swapped(process: number, swapNumber: number): number {
    const known = this.swappedProcesses.get(process, swapNumber)
    if (known !== missing) return known
    const swap = this.swaps[swapNumber] as Renaming
    const { processes } = this.tables
    const { id } = processes.nodeOf(process)
    const mode = processes.modeOf(process)
    const state = processes.renameState(processes.slotOfNode(id), mode)(
      swap,
      processes.stateOf(process)
    )
    const after = processes.processAt(this.slotOfImage(id, swap), state, mode)
    this.swappedProcesses.set(process, swapNumber, after)
    return after
  }

  private swappedEnvelope(slot: number, envelope: number, swapNumber: number): number {
    const known = this.swappedEnvelopes.get(envelope, swapNumber)
    if (known !== missing) return known
    const swap = this.swaps[swapNumber] as Renaming
    const { processes } = this.tables
    const to = this.slotOfImage((processes.nodes[slot] as ModelNode).id, swap)
    const after = processes.envelopeAt(to, this.renameEnvelope(processes.envelope(envelope), swap))
    this.swappedEnvelopes.set(envelope, swapNumber, after)
    return after
  }

  private slotOfImage(node: NodeId, renaming: Renaming): number {
    return this.tables.processes.slotOfNode(renameNode(renaming, node))
  }

  /**
   * Tries that a step treats interchangeable servers alike: the swapped input must produce the
   * swapped step. Swaps of neighbours generate all renamings, and each image is tried in turn; so
   * facts about steps hold under all renamings.
   */
  readonly verify = (process: number, input: Taken): void => {
    this.unverified.push({ process, input })
    if (this.isVerifying) return
    this.isVerifying = true
    for (let next = this.unverified.pop(); next !== undefined; next = this.unverified.pop()) {
      const { process, input } = next
      const effect = this.tables.processes.effectOf(process, input)
      this.images(process, input).forEach((image, swapNumber) => {
        const other = this.tables.processes.effectOf(image.process, image.input)
        if (!this.isImage(effect, other, swapNumber))
          this.refuse(process, `with input ${canonical(input)}`, swapNumber)
      })
    }
    this.isVerifying = false
  }

  private isImage(effect: Effect, other: Effect, swapNumber: number): boolean {
    const { processes } = this.tables
    const observed = ({ events }: Effect) => canonical(processes.observations(events))
    const sent = effect.packets.flatMap(({ slot, packet }) =>
      processes.packet(packet).map((envelope) => this.swappedEnvelope(slot, envelope, swapNumber))
    )
    const sentByOther = other.packets.flatMap(({ packet }) => processes.packet(packet))
    return (
      this.swapped(effect.process, swapNumber) === other.process &&
      ascendingText(sent) === ascendingText(sentByOther) &&
      (effect.events === other.events || observed(effect) === observed(other))
    )
  }

  /**
   * Tries that, with two servers swapped, a process offers the same choices and is ready for the
   * same operations.
   */
  readonly verifyOffers = (process: number): void => {
    if (this.offers[process] !== undefined) return
    const { model, processes } = this.tables
    const { context } = model.system
    const { id } = processes.nodeOf(process)
    const state = processes.stateOf(process)
    const runs = processes.runs(process)
    this.offers[process] = canonical([
      runs.ready(context, id, state),
      runs.choices(context, id, state)
    ])
    const afterFaults = this.afterFaults(process)
    this.swaps.forEach((_, swapNumber) => {
      const image = this.swapped(process, swapNumber)
      this.verifyOffers(image)
      if (this.offers[image] !== this.offers[process])
        this.refuse(process, "does not offer to do the same", swapNumber)
      const other = this.afterFaults(image)
      if (afterFaults.some((after, index) => this.swapped(after, swapNumber) !== other[index]))
        this.refuse(process, "is something else after a fault", swapNumber)
    })
  }

  /** The process states that the faults which replace a node's process lead to. */
  private afterFaults(process: number): ReadonlyArray<number> {
    const { model, processes } = this.tables
    const { id } = processes.nodeOf(process)
    const slot = processes.slotOfNode(id)
    const state = processes.stateOf(process)
    return faultsOf(model).flatMap(({ name, becomes }, number) =>
      becomes !== undefined &&
      model.faults.budgets.some(
        ({ fault, nodes, most }) => fault.name === name && most > 0 && nodes.includes(id)
      )
        ? [processes.processAt(slot, becomes.begin(id, state), number + 1)]
        : []
    )
  }

  private refuse(process: number, what: string, swapNumber: number): never {
    const names = [...(this.swaps[swapNumber] as Renaming).keys()].join(" and ")
    const { id } = this.tables.processes.nodeOf(process)
    throw new PromiseBroken(
      ["server-symmetry"],
      `${this.tables.model.protocol.name} does not treat ${names} alike: ${id} in state ${canonical(this.tables.processes.stateOf(process))} ${what}`
    )
  }
}

const byText = (left: { readonly text: string }, right: { readonly text: string }): number =>
  left.text < right.text ? -1 : left.text > right.text ? 1 : 0

const ascendingText = (numbers: ReadonlyArray<number>): string =>
  [...numbers].sort((left, right) => left - right).join()

/**
 * Whether the observer's state, if there is an observer, has the same meaning once nodes are
 * renamed.
 */
const canBeRenamed = (observer: AnyObserver | undefined): boolean =>
  observer === undefined || !observer.mentionsServers || observer.State !== undefined

export const serverSymmetry: Reduction = {
  name: "server-symmetry",
  about: "of the states that differ only in the names of interchangeable servers, visit one",
  loses: (model) =>
    (canBeRenamed(model.faults.premise?.observer(model.system.context))
      ? undefined
      : model.faults.premise?.name) ??
    model.properties.find((property) => {
      if (property._tag === "Observed")
        return !canBeRenamed(property.observer(model.system.context))
      return property._tag === "Live" || !(property.isSymmetric ?? false)
    })?.name,
  install: (tables) => {
    const symmetry = new Symmetry(tables)
    tables.hooks.effect.push(symmetry.verify)
    tables.hooks.offers.push(symmetry.verifyOffers)
    tables.hooks.images = symmetry.images
    tables.hooks.represent = symmetry.represent
  }
}
