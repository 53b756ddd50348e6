/**
 * Symmetry between servers of equal role (reduction `server-symmetry`): of all states that differ only in the names of
 * interchangeable servers, one is visited.
 *
 * Which servers are interchangeable, and what renaming them does to a state, is derived: from the scenario (nothing in
 * it tells them apart) and from the Schemas (they say where identities stand). That the processes indeed treat them
 * alike is tried at every step that is computed.
 *
 * The representative of a state is found by sorting the servers by how each looks, to itself and to every client and the directory. Two
 * servers that look the same may still not be interchangeable in some odd state; then the state has more than one
 * representative, which costs states and no verdict.
 */
import { Configuration } from "../../spec/configuration/configuration.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId, ServerId } from "../../spec/kernel/node.ts"
import type { Input } from "../../spec/kernel/process.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import { type Renaming, renamer } from "../../spec/kernel/renaming.ts"
import { Operation } from "../../spec/register/operation.ts"
import { hashText } from "../engine/hash.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Model, ModelNode } from "./model.ts"
import { type Effect, type Envelope, type Image, type LocalTable, PromiseBroken } from "./process-table.ts"

/** The sets of two or more servers that nothing in the model tells apart. */
export const interchangeable = ({ setup, scripts }: Model): ReadonlyArray<ReadonlyArray<ServerId>> => {
  const renameConfiguration = renamer(Configuration)
  const renameOperation = renamer(Operation)
  const isSame = (left: ServerId, right: ServerId): boolean => {
    const swap = swapOf(left, right)
    const swapped = [
      renameConfiguration(swap, setup.configuration),
      scripts.map((script) => script.map((one) => renameOperation(swap, one)))
    ]
    return canonical(swapped) === canonical([setup.configuration, scripts])
  }
  const classes: Array<Array<ServerId>> = []
  for (const server of setup.servers) {
    const known = classes.find(([first]) => isSame(first as ServerId, server))
    if (known === undefined) classes.push([server])
    else known.push(server)
  }
  return classes.filter(({ length }) => length > 1)
}

const swapOf = (left: string, right: string): Renaming =>
  new Map([
    [left, right],
    [right, left]
  ])

/** How a server's name is written where it is the one that is looked at, and where it is another of its class. */
const itself = "*"
const another = "_"

/** 13^13 is the last such power below 2^53. */
const mostExactPlaces = 13

export class Symmetry {
  private readonly locals: LocalTable
  private readonly model: Model
  /** Per class, the slots of its servers, ascending. */
  private readonly classes: ReadonlyArray<ReadonlyArray<number>>
  private readonly otherSlots: ReadonlyArray<number>
  private readonly swaps: ReadonlyArray<Renaming>
  /** Per local state and server, how the server looks from there. */
  private readonly looks: Array<Float64Array | undefined> = []
  private readonly renamings: Array<Renaming> = []
  private readonly renamingNumbers = new Map<number | string, number>()
  private readonly renamed = new PairMemo()
  private readonly swappedProcesses = new PairMemo()
  private readonly swappedEnvelopes = new PairMemo()
  /** Per process state, what it offers to do, as text. */
  private readonly offers: Array<string | undefined> = []
  private readonly unverified: Array<Image> = []
  private isVerifying = false
  private readonly scratch: Int32Array
  /** Scratch: the slots of a class in the order of their looks. */
  private readonly order: Int32Array
  /** Where the node of each slot stands in the representative that was made last. */
  readonly places: Int32Array

  constructor(locals: LocalTable, model: Model) {
    this.locals = locals
    this.model = model
    const classes = interchangeable(model)
    this.classes = classes.map((servers) => servers.map((server) => locals.slotOfNode(server)))
    this.otherSlots = locals.nodes.flatMap(({ role }, slot) => (role === "server" ? [] : [slot]))
    this.swaps = classes.flatMap((servers) =>
      servers.slice(1).map((server, index) => swapOf(servers[index] as ServerId, server))
    )
    this.scratch = new Int32Array(locals.nodes.length)
    this.order = new Int32Array(locals.nodes.length)
    this.places = Int32Array.from(locals.nodes, (_, slot) => slot)
  }

  /** Replaces the nodes' part of a state by that of its representative. */
  represent(state: Int32Array): void {
    const { places } = this
    for (let slot = 0; slot < places.length; slot++) places[slot] = slot
    let moved = false
    for (const slots of this.classes) moved = this.sort(state, slots) || moved
    if (!moved) return
    const renaming = this.renamingOfPlaces()
    for (let slot = 0; slot < places.length; slot++) {
      this.scratch[places[slot] as number] = this.rename(state[slot] as number, renaming)
    }
    state.set(this.scratch)
  }

  /** Puts the servers of a class in order of their looks; returns whether any of them moves. */
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
    if (moved) for (let at = 0; at < slots.length; at++) places[order[at] as number] = slots[at] as number
    return moved
  }

  private comesBefore(state: Int32Array, left: number, right: number): boolean {
    const own = this.look(state[left] as number, left) - this.look(state[right] as number, right)
    if (own !== 0) return own < 0
    for (const other of this.otherSlots) {
      const local = state[other] as number
      const difference = this.look(local, left) - this.look(local, right)
      if (difference !== 0) return difference < 0
    }
    return false
  }

  /**
   * How the server at `slot` looks from a local state, as a hash of 52 bits: every worker must come to the same
   * order. Should two looks have the same hash, some states have more than one representative.
   */
  private look(local: number, slot: number): number {
    let row = this.looks[local]
    if (row === undefined) {
      row = new Float64Array(this.locals.nodes.length).fill(missing)
      this.looks[local] = row
    }
    const known = row[slot] as number
    if (known !== missing) return known
    const server = this.locals.nodes[slot]?.id
    const masked = new Map(
      this.classes.flat().map((other) => {
        const id = this.locals.nodes[other]?.id as string
        return [id, id === server ? itself : another]
      })
    )
    const text = canonical(this.content(local, masked))
    const number = (hashText(text, 0) >>> 0) * 2 ** 20 + (hashText(text, 1) >>> 12)
    row[slot] = number
    return number
  }

  /** What a local state holds, renamed: the process's state, its position, and the messages on their way to it. */
  private content(local: number, renaming: Renaming) {
    const { slot, position } = this.locals.detail(local)
    const decoded = this.locals.decode(local)
    const rename = this.locals.renamers
    if (decoded === undefined) return { position, crashed: true }
    const { role } = this.locals.nodes[slot] as ModelNode
    const inbox = decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming))
    return {
      position,
      state: rename[role](renaming, decoded.state),
      inbox: inbox.map((envelope) => ({ envelope, text: canonical(envelope) })).sort(byText)
    }
  }

  private renameEnvelope({ from, message }: Envelope, renaming: Renaming): Envelope {
    return {
      from: (renaming.get(from) ?? from) as NodeId,
      message: this.locals.renamers.message(renaming, message)
    }
  }

  private renamingOfPlaces(): number {
    const key = this.placesKey()
    const known = this.renamingNumbers.get(key)
    if (known !== undefined) return known
    const { nodes } = this.locals
    const renaming = new Map(
      nodes.map(({ id }, slot) => [id as string, nodes[this.places[slot] as number]?.id as string])
    )
    const number = this.renamings.length
    this.renamings.push(renaming)
    this.renamingNumbers.set(key, number)
    return number
  }

  /** A key for `places`: a number, as long as it is exact. */
  private placesKey(): number | string {
    const { places } = this
    if (places.length > mostExactPlaces) return places.join(",")
    let key = 0
    for (let slot = 0; slot < places.length; slot++) key = key * places.length + (places[slot] as number)
    return key
  }

  private rename(local: number, number: number): number {
    const known = this.renamed.get(local, number)
    if (known !== missing) return known
    const renaming = this.renamings[number] as Renaming
    const { slot, position } = this.locals.detail(local)
    const { id, role } = this.locals.nodes[slot] as ModelNode
    const to = this.locals.slotOfNode((renaming.get(id) ?? id) as NodeId)
    const decoded = this.locals.decode(local)
    const renamed = this.locals.compose(
      to,
      position,
      decoded && {
        state: this.locals.renamers[role](renaming, decoded.state),
        inbox: decoded.inbox.map((envelope) => this.renameEnvelope(envelope, renaming))
      }
    )
    this.renamed.set(local, number, renamed)
    return renamed
  }

  /** What swapping two neighbours of a class makes of a process state and an input, for every such two. */
  images(process: number, input: Input<Operation, unknown, unknown>): ReadonlyArray<Image> {
    return this.swaps.map((swap, number) => ({
      process: this.swapped(process, number),
      input: input._tag === "Receive" ? { ...input, ...this.renameEnvelope(input, swap) } : input
    }))
  }

  /** A process state with two servers swapped. */
  private swapped(process: number, swapNumber: number): number {
    const known = this.swappedProcesses.get(process, swapNumber)
    if (known !== missing) return known
    const swap = this.swaps[swapNumber] as Renaming
    const { id, role } = this.locals.nodeOf(process)
    const state = this.locals.renamers[role](swap, this.locals.stateOf(process))
    const after = this.locals.processAt(this.slotOfImage(id, swap), state)
    this.swappedProcesses.set(process, swapNumber, after)
    return after
  }

  private swappedEnvelope(slot: number, envelope: number, swapNumber: number): number {
    const known = this.swappedEnvelopes.get(envelope, swapNumber)
    if (known !== missing) return known
    const swap = this.swaps[swapNumber] as Renaming
    const to = this.slotOfImage((this.locals.nodes[slot] as ModelNode).id, swap)
    const after = this.locals.envelopeAt(to, this.renameEnvelope(this.locals.envelope(envelope), swap))
    this.swappedEnvelopes.set(envelope, swapNumber, after)
    return after
  }

  private slotOfImage(node: NodeId, renaming: Renaming): number {
    return this.locals.slotOfNode((renaming.get(node) ?? node) as NodeId)
  }

  /**
   * Tries that a step treats interchangeable servers alike: the same input with two of them swapped must give the same
   * step with the two swapped. Swaps of neighbours generate all renamings, and each image is verified in turn: so
   * whatever is known of steps is known of all their renamings.
   */
  verify(process: number, input: Input<Operation, unknown, unknown>): void {
    this.unverified.push({ process, input })
    if (this.isVerifying) return
    this.isVerifying = true
    for (let next = this.unverified.pop(); next !== undefined; next = this.unverified.pop()) {
      const { process, input } = next
      const effect = this.locals.effectOf(process, input)
      this.images(process, input).forEach((image, swapNumber) => {
        const other = this.locals.effectOf(image.process, image.input)
        if (!this.isImage(effect, other, swapNumber))
          this.refuse(process, `with input ${canonical(input)}`, swapNumber)
      })
    }
    this.isVerifying = false
  }

  private isImage(effect: Effect, other: Effect, swapNumber: number): boolean {
    const { locals } = this
    const observed = ({ events }: Effect) => canonical(locals.observations(events))
    const sent = effect.packets.flatMap(({ slot, packet }) =>
      locals.packet(packet).map((envelope) => this.swappedEnvelope(slot, envelope, swapNumber))
    )
    const sentByOther = other.packets.flatMap(({ packet }) => locals.packet(packet))
    return (
      this.swapped(effect.process, swapNumber) === other.process &&
      ascendingText(sent) === ascendingText(sentByOther) &&
      (effect.events === other.events || observed(effect) === observed(other))
    )
  }

  /** Tries that a process offers to do the same by itself, and to be invoked, with two servers swapped. */
  verifyOffers(process: number): void {
    if (this.offers[process] !== undefined) return
    const { protocol, setup } = this.model
    const { id, role } = this.locals.nodeOf(process)
    const state = this.locals.stateOf(process)
    const { choices, ready } = processFor(protocol, role)
    this.offers[process] = canonical([ready(setup, id, state), choices(setup, id, state)])
    this.swaps.forEach((_, swapNumber) => {
      const image = this.swapped(process, swapNumber)
      this.verifyOffers(image)
      if (this.offers[image] !== this.offers[process])
        this.refuse(process, "does not offer to do the same", swapNumber)
    })
  }

  private refuse(process: number, what: string, swapNumber: number): never {
    const names = [...(this.swaps[swapNumber] as Renaming).keys()].join(" and ")
    const { id } = this.locals.nodeOf(process)
    throw new PromiseBroken(
      ["server-symmetry"],
      `${this.model.protocol.name} does not treat ${names} alike: ${id} in state ${canonical(this.locals.stateOf(process))} ${what}`
    )
  }
}

const byText = (left: { readonly text: string }, right: { readonly text: string }): number =>
  left.text < right.text ? -1 : left.text > right.text ? 1 : 0

const ascendingText = (numbers: ReadonlyArray<number>): string =>
  [...numbers].sort((left, right) => left - right).join()
