/**
 * Bytes as text: the keys and values of users are bytes, those of the specification are text.
 *
 * Printable UTF-8 is stored as it is, so that people can read it wherever it appears. Everything
 * else is base64 after a mark that printable text does not contain. Different bytes have different
 * texts.
 */

/** The maximum size of a key and of a value, in bytes. */
export const maxKeyBytes = 1024
export const maxValueBytes = 2 ** 20

const mark = "\u0000"
/**
 * Control characters except tab, line feed and carriage return: JSON would write six characters for
 * each.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const textOfBytes = (bytes: Uint8Array): string => {
  const text = decoded(bytes)
  return text === undefined || unprintable.test(text)
    ? mark + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")
    : text
}

export const bytesOfText = (text: string): Uint8Array =>
  text.startsWith(mark) ? Buffer.from(text.slice(mark.length), "base64") : Buffer.from(text, "utf8")

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
