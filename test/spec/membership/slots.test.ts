/**
 * Which slots a replica takes part in: it never begins a slot anew that it has forgotten, and a
 * checkpoint covers each slot that it serves no more.
 */
import { describe, expect, it } from "vitest"
import {
  isPast,
  keepsCheckpoint,
  type Place,
  partIn,
  roomOf,
  slotsRemembered
} from "../../../spec/membership/slots.ts"

const horizon = 3 * slotsRemembered
const slots = Array.from({ length: horizon }, (_, slot) => slot)
const now = (slot: number) => ({ next: { epoch: 1, slot }, former: 0 })
const inEpoch = (slot: number): Place => ({ epoch: 1, slot })

/** The slots that a replica is open to that remembers nothing. */
const openAt = (next: number): ReadonlyArray<number> =>
  slots.filter((slot) => partIn(inEpoch(slot), { ...now(next), remembered: null }) === "open")

describe("in its epoch, a replica", () => {
  it("has room for all slots that are open at once", () => {
    for (const next of slots.slice(0, 2 * slotsRemembered)) {
      const rooms = openAt(next).map(roomOf)
      expect(openAt(next)).toContain(next)
      expect(new Set(rooms).size).toBe(rooms.length)
    }
  })

  it("never begins a slot anew that had to make room for a later one", () => {
    for (const slot of slots.slice(0, slotsRemembered)) {
      const later = slot + slotsRemembered
      for (const next of slots) {
        const remembered = inEpoch(later)
        // The later slot takes the room only when it is open.
        if (partIn(remembered, { ...now(next), remembered: inEpoch(slot) }) !== "open") continue
        expect(partIn(inEpoch(slot), { ...now(next), remembered })).toBe("over")
        expect(isPast(inEpoch(slot), now(next))).toBe(true)
      }
    }
  })

  it("serves no longer only what a checkpoint covers", () => {
    for (const next of slots) {
      const kept = Math.max(
        0,
        ...slots.filter((slot) => slot <= next && keepsCheckpoint(slot, false))
      )
      const past = slots.filter((slot) => isPast(inEpoch(slot), now(next)))
      for (const last of past.slice(-1)) expect(kept).toBeGreaterThan(last)
    }
  })

  it("keeps messages about slots far ahead, and in later epochs, until it is nearer", () => {
    const standing = { ...now(5), remembered: null }
    expect(partIn(inEpoch(5 + slotsRemembered), standing)).toBe("early")
    expect(partIn({ epoch: 2, slot: 0 }, standing)).toBe("early")
  })
})

it("takes part in slots of the epoch that has just ended if it remembers them, and of no other", () => {
  const place = { epoch: 0, slot: 70 }
  const at = (remembered: Place | null) => partIn(place, { ...now(0), remembered })
  expect(at(place)).toBe("open")
  expect(at({ epoch: 0, slot: roomOf(70) })).toBe("over")
  expect(at({ epoch: 1, slot: 70 })).toBe("over")
  expect(at(null)).toBe("over")
  const standing = { next: inEpoch(0), former: undefined, remembered: place }
  expect(partIn(place, standing)).toBe("over")
})

it("keeps no state while the service moves, nor the empty one", () => {
  expect(keepsCheckpoint(0, false)).toBe(false)
  expect(slots.some((slot) => keepsCheckpoint(slot, true))).toBe(false)
})
