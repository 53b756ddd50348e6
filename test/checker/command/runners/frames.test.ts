/**
 * The frames between the processes of a search arrive as they were sent, however the connection
 * divides them, and bytes that are no frame are refused before they are kept.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  encodeFrame,
  type Frame,
  FrameReader,
  FrameRefused,
  maxBytes,
  maxHeadBytes
} from "../../../../checker/command/runners/frames.ts"
import { draws } from "../../../draws.ts"

const read = (chunks: Iterable<Uint8Array>): ReadonlyArray<Frame> => {
  const frames: Array<Frame> = []
  const reader = new FrameReader((frame) => frames.push(frame))
  for (const chunk of chunks) reader.push(chunk)
  return frames
}

const divided = (bytes: Uint8Array, cuts: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (left, right) => left - right
  )
  return places.slice(1).map((to, at) => bytes.subarray(places[at], to))
}

const lengths = (head: number, bytes: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, head)
  view.setUint32(4, bytes)
  return new Uint8Array(view.buffer)
}

describe("frames of a search", () => {
  it("arrive as they were sent, however they are divided", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ head: fc.jsonValue(), bytes: fc.uint8Array() }), { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (sent, cuts) => {
          const parts = sent.flatMap(({ head, bytes }) => encodeFrame(head, bytes))
          const arrived = read(divided(Buffer.concat(parts), cuts))
          const plain = (frames: ReadonlyArray<Frame>) =>
            frames.map(({ head, bytes }) => [JSON.stringify(head), [...bytes]])
          expect(plain(arrived)).toEqual(plain(sent))
        }
      ),
      { numRuns: draws(400) }
    )
  })

  it.each([
    ["a head that is too long", lengths(maxHeadBytes + 1, 0)],
    ["no head", lengths(0, 8)],
    ["too many bytes", lengths(2, maxBytes + 1)],
    ["a head that is not JSON", Buffer.concat([lengths(2, 0), Buffer.from("{]")])],
    ["a head that is no text", Buffer.concat([lengths(2, 0), Uint8Array.of(0xc3, 0x28)])]
  ])("are refused with %s", (_, bytes) => {
    expect(() => read([bytes])).toThrow(FrameRefused)
  })
})
