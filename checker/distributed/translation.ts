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
   * Packs the states of `count` entries, which the other runner packed in `layout`, as this runner
   * packs. `from` and `into` are where the first state is and where it goes; their strides are the
   * words from one to the next. This runner's layout must have room for all that it has learned.
   * Component by component, so that the loops are short.
   */
  translate(count: number, { wordOf, shiftOf, maskOf }: Layout, from: At, into: At): void {
    const own = this.packing.layout
    for (let component = 0; component < this.codes.length; component++) {
      const codes = this.codes[component] as Int32Array
      const known = this.known[component] as number
      const [shift, mask] = [shiftOf[component] as number, maskOf[component] as number]
      const ownShift = own.shiftOf[component] as number
      let at = from.at + (wordOf[component] as number)
      let to = into.at + (own.wordOf[component] as number)
      for (let entry = 0; entry < count; entry++, at += from.stride, to += into.stride) {
        const code = ((from.words[at] as number) >>> shift) & mask
        if (code === 0 || code >>> 0 > known)
          throw new ParcelRefused(`it has an unknown code of component ${component}`)
        into.words[to] = (into.words[to] as number) | ((codes[code] as number) << ownShift)
      }
    }
  }
}

/** Packed states in a list. */
export interface At {
  readonly words: Int32Array
  readonly at: number
  readonly stride: number
}
