/**
 * The marks of other nodes that an endpoint keeps: the latest of each node.
 */
import { isGenuine, isLater, type Mark } from "./mark.ts"

/**
 * The maximum number of nodes with marks; the latest are kept. A system has fewer members, so more
 * would be invented.
 */
const maxNodes = 256

export class Marks {
  private readonly latest = new Map<string, Mark>()
  private readonly isWanted: (node: string) => boolean

  /** Keeps the marks of nodes that satisfy the predicate. */
  constructor(isWanted: (node: string) => boolean = () => true) {
    this.isWanted = isWanted
  }

  /** Takes a mark. Returns whether it is new; "forged" if its node did not make it. */
  hear(mark: Mark): "news" | "known" | "forged" {
    const known = this.latest.get(mark.node)
    // Endpoints show the same marks repeatedly; verify each mark only once.
    if (known !== undefined && !isLater(mark, known)) return "known"
    if (!this.isWanted(mark.node)) return "known"
    if (!isGenuine(mark)) return "forged"
    const [oldest] = this.latest.keys()
    if (known === undefined && this.latest.size >= maxNodes) this.latest.delete(oldest as string)
    this.latest.set(mark.node, mark)
    return "news"
  }

  /** Restores a mark from the log. */
  restore(mark: Mark): void {
    this.latest.set(mark.node, mark)
  }

  /** The marks of the nodes that still satisfy the predicate. */
  get all(): ReadonlyArray<Mark> {
    return [...this.latest.values()].filter(({ node }) => this.isWanted(node))
  }
}
