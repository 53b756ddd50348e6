/**
 * A map from pairs of a row and a column to integers other than `missing`, in one typed array: one
 * look-up, no hashing. It suits a few columns that are mostly filled; a row takes memory only once
 * a cell of it is set.
 */
import { withRoom } from "./integers.ts"
import { missing } from "./pair-memo.ts"

const initialSize = 1 << 6

export class DenseMemo {
  /**
   * Where the cells of each row begin. Rows without cells of their own share the first block, which
   * stays empty.
   */
  private startOf = new Int32Array(initialSize)
  private cells = new Int32Array(initialSize).fill(missing)
  private columns = 1
  private blocks = 1

  get(row: number, column: number): number {
    if (column >= this.columns || row >= this.startOf.length) return missing
    return this.cells[(this.startOf[row] as number) + column] as number
  }

  set(row: number, column: number, value: number): void {
    if (column >= this.columns) this.widen(column)
    if (row >= this.startOf.length) this.startOf = withRoom(this.startOf, row, 0)
    if (this.startOf[row] === 0) this.startOf[row] = this.blocks++ * this.columns
    const at = (this.startOf[row] as number) + column
    if (at + this.columns >= this.cells.length)
      this.cells = withRoom(this.cells, at + this.columns, missing)
    this.cells[at] = value
  }

  private widen(column: number): void {
    const { columns, cells, startOf } = this
    while (this.columns <= column) this.columns *= 2
    this.cells = new Int32Array((this.blocks + 1) * this.columns * 2).fill(missing)
    for (let row = 0; row < startOf.length; row++) {
      const from = startOf[row] as number
      if (from === 0) continue
      const to = (from / columns) * this.columns
      this.cells.set(cells.subarray(from, from + columns), to)
      startOf[row] = to
    }
  }
}
