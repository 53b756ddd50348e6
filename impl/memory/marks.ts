/**
 * The marks of others that somebody keeps: the latest of each node.
 */
import { isGenuine, isLater, type Mark } from "./mark.ts"

/**
 * So many nodes' marks are kept, those that came last. A system has fewer members; others could be
 * invented.
 */
const mostNodes = 256

export class Marks {
  private readonly latest = new Map<string, Mark>()
  private readonly isWanted: (node: string) => boolean

  /** Keeps the marks of the nodes that are wanted. */
  constructor(isWanted: (node: string) => boolean = () => true) {
    this.isWanted = isWanted
  }

  /** Takes a mark, and says whether it is news; "forged" if its node did not make it. */
  hear(mark: Mark): "news" | "known" | "forged" {
    const known = this.latest.get(mark.node)
    // What everybody shows over and over is not examined again.
    if (known !== undefined && !isLater(mark, known)) return "known"
    if (!this.isWanted(mark.node)) return "known"
    if (!isGenuine(mark)) return "forged"
    const [oldest] = this.latest.keys()
    if (known === undefined && this.latest.size >= mostNodes) this.latest.delete(oldest as string)
    this.latest.set(mark.node, mark)
    return "news"
  }

  /** Takes over one that was kept. */
  restore(mark: Mark): void {
    this.latest.set(mark.node, mark)
  }

  /** Those of the nodes that are still wanted. */
  get all(): ReadonlyArray<Mark> {
    return [...this.latest.values()].filter(({ node }) => this.isWanted(node))
  }
}
