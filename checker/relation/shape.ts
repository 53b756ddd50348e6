/**
 * The shape of states: records in records, and leaves that are values.
 */
export type Path = ReadonlyArray<string>

/** A value, which is a component of the state. */
export interface Leaf {
  readonly path: Path
  readonly component: number
}

export interface Fields {
  readonly path: Path
  readonly fields: ReadonlyMap<string, Shape>
}

/** A leaf of the record, or a nested record, and the path to it. */
export type Shape = Leaf | Fields

export const leavesOf = (shape: Shape): ReadonlyArray<Leaf> =>
  "component" in shape ? [shape] : [...shape.fields.values()].flatMap(leavesOf)
