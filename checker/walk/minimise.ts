/**
 * Shortens schedules: the result violates the same property, and no longer does if any event is
 * dropped.
 *
 * Delta debugging: the search leaves out parts of the schedule, large ones first, and skips events
 * that have become impossible without them (Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002). Then it moves events forward if that makes the schedule shorter,
 * or lets a node continue its work.
 */
import type { Event, Model } from "../network/model.ts"
import type { ReductionName } from "../network/reductions.ts"
import { type Schedule, Schedules } from "./schedule.ts"

/**
 * The shortened schedule, in which every event is possible. Throws if the given events do not
 * violate the property.
 */
export const minimise = (
  model: Model,
  reductions: ReadonlyArray<ReductionName>,
  property: string,
  events: ReadonlyArray<Event>
): ReadonlyArray<Event> => {
  const schedules = new Schedules(model, reductions, property)
  const failing = schedules.failing(schedules.schedule(events))
  if (failing === undefined) throw new Error(`the schedule does not break ${property}`)
  return schedules.eventsOf(tidied(schedules, shortened(schedules, failing)))
}

/** A schedule from which no event can be dropped. */
const shortened = (schedules: Schedules, failing: Schedule): Schedule => {
  let shortest = failing
  for (let size = failing.length; size > 1; size = Math.ceil(size / 2)) {
    shortest = withoutParts(schedules, shortest, size)
  }
  return untilNothingChanges(shortest, (schedule) => withoutParts(schedules, schedule, 1))
}

/**
 * A schedule from which no event can be dropped, and in which no event can usefully be moved
 * forward.
 */
const tidied = (schedules: Schedules, minimal: Schedule): Schedule =>
  minimal.length > maxTidied
    ? minimal
    : untilNothingChanges(minimal, (schedule) => {
        const moved = withEventsMoved(schedules, schedule)
        return moved === schedule ? schedule : shortened(schedules, moved)
      })

/** Beyond this length, trying all possible moves takes too long. */
const maxTidied = 100

/** Ends because each change makes the schedule shorter or, at the same length, has fewer turns. */
const untilNothingChanges = (
  start: Schedule,
  change: (schedule: Schedule) => Schedule
): Schedule => {
  const changed = change(start)
  return changed === start ? start : untilNothingChanges(changed, change)
}

/**
 * The schedule without each part of this size in turn, from the last to the first, if it still
 * fails.
 */
const withoutParts = (schedules: Schedules, failing: Schedule, size: number): Schedule => {
  let kept = failing
  for (let end = kept.length; end > 0; end = Math.min(end, kept.length) - size) {
    const shorter = schedules.failing([
      ...kept.slice(0, Math.max(0, end - size)),
      ...kept.slice(end)
    ])
    if (shorter !== undefined) kept = shorter
  }
  return kept
}

/** The schedule with each event in turn moved to the first place that improves the schedule. */
const withEventsMoved = (schedules: Schedules, failing: Schedule): Schedule => {
  let best = failing
  for (let from = 1; from < best.length; from++) {
    for (let to = 0; to < from; to++) {
      const moved = schedules.failing(withMoved(best, from, to))
      if (moved === undefined || !isBetter(schedules, moved, best)) continue
      best = moved
      break
    }
  }
  return best
}

const withMoved = (schedule: Schedule, from: number, to: number): Schedule => [
  ...schedule.slice(0, to),
  schedule[from] as number,
  ...schedule.slice(to, from),
  ...schedule.slice(from + 1)
]

const isBetter = (schedules: Schedules, one: Schedule, other: Schedule): boolean =>
  one.length < other.length ||
  (one.length === other.length && turns(schedules, one) < turns(schedules, other))

/** The number of times that another node takes over. */
const turns = (schedules: Schedules, schedule: Schedule): number =>
  schedule.filter(
    (event, at) =>
      at > 0 && schedules.slotOf(event) !== schedules.slotOf(schedule[at - 1] as number)
  ).length
