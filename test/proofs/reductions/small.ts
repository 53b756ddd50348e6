/**
 * All small systems: a client and a server of two states each, which send each other two kinds of
 * messages. A process that receives a message goes to a state and sends one message or none. So
 * there are never more messages in flight than at the beginning, and everything can be tried: 1,296
 * clients with 1,296 servers.
 */

/** What a node does with each of the two messages in each of its two states: `entries[2s + m]`. */
export type Table = ReadonlyArray<Entry>
export interface Entry {
  readonly next: number
  /** The message that it sends: 1 or 2, or 0 for none. */
  readonly sends: number
}
export interface Small {
  readonly client: Table
  readonly server: Table
}

const entries: ReadonlyArray<Entry> = [0, 1].flatMap((next) =>
  [0, 1, 2].map((sends) => ({ next, sends }))
)
export const tables: ReadonlyArray<Table> = Array.from({ length: 6 ** 4 }, (_, number) =>
  [0, 1, 2, 3].map((place) => entries[Math.floor(number / 6 ** place) % 6] as Entry)
)

export const entryOf = (table: Table, state: number, message: number): Entry =>
  table[2 * state + message] as Entry

/** Receiving the message has no effect in this state. */
export const isSilent = (table: Table, state: number, message: number): boolean => {
  const { next, sends } = entryOf(table, state, message)
  return next === state && sends === 0
}

/** The states that a node can reach from one, whatever it receives; that one is the first. */
export const reachableFrom = (table: Table, state: number): ReadonlyArray<number> => {
  const other = 1 - state
  const leaves = [0, 1].some((message) => entryOf(table, state, message).next === other)
  return leaves ? [state, other] : [state]
}

/** The messages with other names, the same system. */
const renamed = (
  { client, server }: Small,
  swapsRequests: boolean,
  swapsAnswers: boolean
): Small => {
  const of = (table: Table, swapsReceived: boolean, swapsSent: boolean): Table =>
    [0, 1, 2, 3].map((place) => {
      const { next, sends } = table[swapsReceived ? place ^ 1 : place] as Entry
      return { next, sends: sends > 0 && swapsSent ? 3 - sends : sends }
    })
  return {
    client: of(client, swapsAnswers, swapsRequests),
    server: of(server, swapsRequests, swapsAnswers)
  }
}
const keyOf = ({ client, server }: Small): string =>
  [...client, ...server].map(({ next, sends }) => 3 * next + sends).join("")

/** Whether no renaming of messages comes before it: of systems that are the same, one is tried. */
const isFirst = (system: Small): boolean => {
  const key = keyOf(system)
  return [
    [true, false],
    [false, true],
    [true, true]
  ].every(([requests = false, answers = false]) => key <= keyOf(renamed(system, requests, answers)))
}

/** Every so many of the systems, from one on; all by default. */
export function* systems(every = 1, from = 0): Generator<Small> {
  for (let number = from; number < tables.length ** 2; number += every) {
    const client = tables[number % tables.length] as Table
    const server = tables[Math.floor(number / tables.length)] as Table
    const system = { client, server }
    if (isFirst(system)) yield system
  }
}
