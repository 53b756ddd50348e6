/**
 * How each kind of value is written compactly and read again: a writer, a reader, and a layout,
 * which describes in plain data what is written.
 */
import { equals } from "../../spec/kernel/data.ts"
import { Malformed, type Reader } from "./reader.ts"
import { NotCompact, Writer } from "./writer.ts"

export interface Part {
  /** Equal for two parts that can read each other. */
  readonly layout: unknown
  readonly write: (writer: Writer, value: unknown) => void
  readonly read: (reader: Reader) => unknown
}

const unlike = (kind: string): NotCompact => new NotCompact(`it is not a valid ${kind}`)

export const literal = (value: unknown): Part => ({
  layout: ["literal", value],
  write: (_writer, given) => {
    if (given !== value) throw unlike(`literal ${value}`)
  },
  read: () => value
})

export const boolean: Part = {
  layout: "boolean",
  write: (writer, value) => {
    if (typeof value !== "boolean") throw unlike("boolean")
    writer.byte(value ? 1 : 0)
  },
  read: (reader) => {
    const byte = reader.byte()
    if (byte > 1) throw new Malformed("it has a boolean that is neither true nor false")
    return byte === 1
  }
}

export const number: Part = {
  layout: "number",
  write: (writer, value) => {
    if (typeof value !== "number") throw unlike("number")
    writer.number(value)
  },
  read: (reader) => reader.number()
}

export const text: Part = {
  layout: "text",
  write: (writer, value) => {
    if (typeof value !== "string") throw unlike("text")
    writer.text(value)
  },
  read: (reader) => reader.text()
}

/** An array of any number of items. */
export const list = (item: Part): Part => ({
  layout: ["list", item.layout],
  write: (writer, value) => {
    if (!Array.isArray(value)) throw unlike("array")
    writer.items(value.length)
    for (const one of value) item.write(writer, one)
  },
  read: (reader) => {
    const length = reader.parts()
    const items: Array<unknown> = []
    for (let index = 0; index < length; index++) items.push(item.read(reader))
    return items
  }
})

/** An array with these items. */
export const tuple = (items: ReadonlyArray<Part>): Part => ({
  layout: ["tuple", ...items.map(({ layout }) => layout)],
  write: (writer, value) => {
    if (!Array.isArray(value) || value.length !== items.length) throw unlike("tuple")
    items.forEach((item, index) => {
      item.write(writer, value[index])
    })
  },
  read: (reader) => items.map((item) => item.read(reader))
})

export interface Field {
  readonly name: string
  readonly part: Part
  readonly isOptional: boolean
}

/** The maximum number of optional fields of a record. */
export const maxOptional = 16
/** A record's optional fields are present in few combinations; so many are compiled. */
const maxCompiled = 64

/** A record; if it can have optional fields, a bit for each says whether it is present. */
export const record = (fields: ReadonlyArray<Field>): Part => {
  const required = fields.filter(({ isOptional }) => !isOptional)
  const optional = fields.filter(({ isOptional }) => isOptional)
  const isLong = optional.length > 8
  const all = 2 ** optional.length
  type Data = Record<string, unknown>
  const isThere = (value: Data, name: string) => value[name] !== undefined
  const compiled: Array<((reader: Reader) => Data) | undefined> = []
  let compiledCount = 0
  const readerOf = (there: number): ((reader: Reader) => Data) => {
    const present = [...required, ...optional.filter((_, index) => ((there >> index) & 1) === 1)]
    if (compiledCount === maxCompiled) return oneByOne(present)
    compiledCount += 1
    const read = inOrder(present)
    compiled[there] = read
    return read
  }
  return {
    layout: [
      "record",
      ...[required, optional].map((some) => some.map(({ name, part }) => [name, part.layout]))
    ],
    write: (writer, value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw unlike("record")
      const data = value as Data
      let there = 0
      for (let index = 0; index < optional.length; index++)
        if (isThere(data, (optional[index] as Field).name)) there += 1 << index
      if (optional.length > 0) writer.byte(there & 0xff)
      if (isLong) writer.byte(there >> 8)
      for (const { name, part } of required) part.write(writer, data[name])
      if (there === 0) return
      for (const { name, part } of optional) if (isThere(data, name)) part.write(writer, data[name])
    },
    read: (reader) => {
      let there = optional.length > 0 ? reader.byte() : 0
      if (isLong) there += reader.byte() << 8
      if (there >= all) throw new Malformed("it has an unknown field")
      return (compiled[there] ?? readerOf(there))(reader)
    }
  }
}

/** Reads the fields one after the other into a new record, by their names. */
const oneByOne =
  (fields: ReadonlyArray<Field>) =>
  (reader: Reader): Record<string, unknown> =>
    Object.fromEntries(fields.map(({ name, part }) => [name, part.read(reader)]))

/**
 * Reads the fields one after the other into a new record. The function is compiled from their
 * names: filling a record by names that are known only then takes twice the time of everything else
 * together. (Effect also compiles its Schemas.)
 */
const inOrder = (fields: ReadonlyArray<Field>): ((reader: Reader) => Record<string, unknown>) => {
  const reads = fields.map((_, index) => `read${index}`)
  const items = fields.map(({ name }, index) => `${JSON.stringify(name)}: ${reads[index]}(reader)`)
  const make = new Function(...reads, `return (reader) => ({ ${items.join(", ")} })`)
  return make(...fields.map(({ part }) => part.read))
}

/** One of several; `choose` returns which one a value is, and -1 if it is none of them. */
export const union = (members: ReadonlyArray<Part>, choose: (value: unknown) => number): Part => ({
  layout: ["union", ...members.map(({ layout }) => layout)],
  write: (writer, value) => {
    const index = choose(value)
    const member = members[index]
    if (member === undefined) throw unlike("member of a union")
    writer.byte(index)
    member.write(writer, value)
  },
  read: (reader) => {
    const member = members[reader.byte()]
    if (member === undefined) throw new Malformed("it is of unknown kind")
    return member.read(reader)
  }
})

/** Plain data of unknown content is written as JSON, within bounds of its own. */
export const unknown = (parse: (json: string) => unknown): Part => ({
  layout: "json",
  write: (writer, value) => {
    const json = JSON.stringify(value)
    if (json === undefined || !equals(JSON.parse(json), value)) throw unlike("plain data")
    writer.text(json)
  },
  read: (reader) => parse(reader.text())
})

interface Recalled {
  readonly bytes: Buffer
  readonly value: unknown
}

/** The number of remembered names of each kind, and of remembered records. */
const rememberedTexts = 1024
const rememberedRecords = 64

/**
 * Repeated text, such as names. A reader that has read a text and found it valid remembers its
 * bytes, and does not read or check the same bytes again.
 */
export const recalledText = (part: Part): Part => {
  const known = new Array<Recalled | undefined>(rememberedTexts)
  return {
    ...part,
    read: (reader) => {
      const slot = reader.hashOfText() % rememberedTexts
      const recalled = known[slot]
      if (recalled !== undefined && reader.skipIfNext(recalled.bytes)) return recalled.value
      const from = reader.position
      const value = part.read(reader)
      if (reader.isChecked) known[slot] = { bytes: reader.since(from), value }
      return value
    }
  }
}

/** A part with its length in bytes in front, as `recalledRecord` writes it; it is only read. */
export const counted = (part: Part): Part => ({
  layout: ["counted", part.layout],
  write: () => {
    throw unlike("part that is written")
  },
  read: (reader) => reader.within(reader.count(), part.read)
})

/**
 * Repeated records, written with their length in front. A reader that has read a record and found
 * it valid returns the same object for the same bytes, so comparing it with an earlier one is fast.
 */
export const recalledRecord = (part: Part): Part => {
  const known = new Array<Recalled | undefined>(rememberedRecords)
  const written = new WeakMap<object, { readonly bytes: Buffer; readonly parts: number }>()
  const apart = new Writer()
  return {
    layout: ["counted", part.layout],
    write: (writer, value) => {
      if (typeof value !== "object" || value === null) throw unlike("record")
      let known = written.get(value)
      if (known === undefined) {
        apart.begin(0, Number.POSITIVE_INFINITY)
        part.write(apart, value)
        known = { bytes: apart.end(), parts: apart.parts }
        written.set(value, known)
      }
      writer.counted(known.bytes, known.parts)
    },
    read: (reader) => {
      const length = reader.count()
      const slot = reader.hashOf(length) % rememberedRecords
      const recalled = known[slot]
      if (recalled?.bytes.length === length && reader.skipIfNext(recalled.bytes))
        return recalled.value
      const from = reader.position
      const value = reader.within(length, part.read)
      if (reader.isChecked) known[slot] = { bytes: reader.since(from), value }
      return value
    }
  }
}
