/**
 * The Redis protocol: the replies to clients, in versions 2 and 3.
 */

/** The versions of the protocol; a connection begins with version 2. */
export type Protocol = 2 | 3

export type Reply =
  | { readonly _tag: "Simple"; readonly text: string }
  | { readonly _tag: "Error"; readonly text: string }
  | { readonly _tag: "Number"; readonly number: number }
  | { readonly _tag: "Bulk"; readonly bytes: Uint8Array | null }
  | { readonly _tag: "Array"; readonly replies: ReadonlyArray<Reply> }
  /** In version 2, an array of alternating keys and values. */
  | { readonly _tag: "Map"; readonly entries: ReadonlyArray<readonly [Reply, Reply]> }

export const simple = (text: string): Reply => ({ _tag: "Simple", text })
export const error = (text: string): Reply => ({ _tag: "Error", text })
export const number = (value: number): Reply => ({ _tag: "Number", number: value })
export const bulk = (bytes: Uint8Array | string | null): Reply => ({
  _tag: "Bulk",
  bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes
})
export const array = (replies: ReadonlyArray<Reply>): Reply => ({ _tag: "Array", replies })
export const map = (entries: Readonly<Record<string, Reply>>): Reply => ({
  _tag: "Map",
  entries: Object.entries(entries).map(([key, value]) => [bulk(key), value])
})

export const encodeReply = (reply: Reply, protocol: Protocol = 2): Uint8Array => {
  const parts: Array<Uint8Array | string> = []
  write(parts, reply, protocol)
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)))
}

const write = (parts: Array<Uint8Array | string>, reply: Reply, protocol: Protocol): void => {
  switch (reply._tag) {
    case "Simple":
      parts.push(`+${inOneLine(reply.text)}\r\n`)
      return
    case "Error":
      parts.push(`-${inOneLine(reply.text)}\r\n`)
      return
    case "Number":
      parts.push(`:${reply.number}\r\n`)
      return
    case "Bulk":
      if (reply.bytes === null) parts.push(protocol === 3 ? "_\r\n" : "$-1\r\n")
      else parts.push(`$${reply.bytes.length}\r\n`, reply.bytes, "\r\n")
      return
    case "Array":
      parts.push(`*${reply.replies.length}\r\n`)
      for (const one of reply.replies) write(parts, one, protocol)
      return
    case "Map":
      parts.push(
        protocol === 3 ? `%${reply.entries.length}\r\n` : `*${2 * reply.entries.length}\r\n`
      )
      for (const one of reply.entries.flat()) write(parts, one, protocol)
  }
}

const inOneLine = (text: string): string => text.replace(/[\r\n]+/g, " ")
