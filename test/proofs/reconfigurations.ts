/**
 * The operations that clients request in runs along a sequence of configurations.
 */
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import { servers } from "../../spec/nodes/nodes.ts"

/**
 * The nodes that count as up: none given, all, or so few that there is no quorum and the change is
 * not made.
 */
const answering = [undefined, servers("s1", "s2", "s3", "s4", "s5"), servers("s1")]

/** c1 (and with consensus c2) reconfigures, up to twice; the others read and write. */
export const operations = (reconfigurers: ReadonlyArray<string>) => () => {
  const changes = new Map([
    ["c1", [["s4"], ["s1"], ["s1"], ["s2"]]],
    ["c2", [["s5"], ["s3"]]]
  ])
  let count = 0
  return (client: string, random: (below: number) => number): AnyOperation | undefined => {
    if (!reconfigurers.includes(client)) {
      if (reconfigurers.length > 1 && random(4) !== 0) return undefined
      return (
        random(2) === 0 ? { _tag: "Read" } : { _tag: "Write", value: ++count }
      ) as AnyOperation
    }
    if (reconfigurers.length === 1 && random(6) !== 0) return undefined
    const mine = changes.get(client) ?? []
    const who = answering[random(answering.length)]
    const [add, remove] = mine.splice(0, 2)
    if (add === undefined || remove === undefined) return undefined
    return {
      _tag: "Reconfigure",
      add: servers(...add),
      remove: servers(...remove),
      ...(who !== undefined && { answering: who })
    } as unknown as AnyOperation
  }
}
