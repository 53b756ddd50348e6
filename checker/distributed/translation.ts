/**
 * From the codes of another runner to one's own.
 */
import { entrySize, type Layout, type Packing } from "../engine/packing.ts"
import type { Space } from "../engine/space.ts"
import { ParcelRefused } from "./parcels.ts"

const initialCodes = 1 << 4

export class Translation {
  /** Per component: this runner's code for each code of the other one; 0 while it is unknown. */
  private readonly codes: Array<Int32Array>
  private readonly known: Array<number>
  private readonly space: Space
  private readonly packing: Packing

  constructor(space: Space, packing: Packing) {
    this.space = space
    this.packing = packing
    this.codes = Array.from({ length: space.width }, () => new Int32Array(initialCodes))
    this.known = this.codes.map(() => 0)
  }

  /** The other runner's next code of a component stands for this content. */
  learn(component: number, content: string): void {
    if (component >= this.codes.length) throw new ParcelRefused(`it has a component ${component}`)
    const value = this.space.numberFor(component, content)
    this.packing.meet(component, value)
    const entries = this.packing.entries[component] as Int32Array
    const code = ++(this.known[component] as number)
    let codes = this.codes[component] as Int32Array
    if (code === codes.length) {
      const grown = new Int32Array(code * 2)
      grown.set(codes)
      codes = grown
      this.codes[component] = codes
    }
    codes[code] = entries[value * entrySize + 3] as number
  }

  /**
   * Packs the state at `at` in `from`, which the other runner packed in `layout`, into `into`, from
   * `to`. This runner's layout must have room for all that it has learned.
   */
  translate(
    from: Int32Array,
    at: number,
    { wordOf, shiftOf, maskOf }: Layout,
    into: Int32Array,
    to: number
  ): void {
    const own = this.packing.layout
    into.fill(0, to, to + own.words)
    for (let component = 0; component < this.codes.length; component++) {
      const word = from[at + (wordOf[component] as number)] as number
      const code = (word >>> (shiftOf[component] as number)) & (maskOf[component] as number)
      const ownCode = (this.codes[component] as Int32Array)[code] as number
      if (!(ownCode > 0))
        throw new ParcelRefused(`it has an unknown code of component ${component}`)
      const target = to + (own.wordOf[component] as number)
      into[target] = (into[target] as number) | (ownCode << (own.shiftOf[component] as number))
    }
  }
}
