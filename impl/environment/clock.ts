/**
 * Time, as hosts see it. The runtime's clock is the machine's; the simulator's is a number that it
 * moves.
 *
 * Nothing below `net/` and `command/` uses a timer, a promise or a fiber of its own: whatever
 * happens later goes through a clock, a disk or a channel. That is what makes a simulated run
 * depend on its seed alone.
 */

export interface Clock {
  /** Milliseconds since some time in the past. It may jump. */
  readonly nowMilliseconds: () => number
  /** Calls the action once, after at least so long; the returned function prevents it. */
  readonly after: (milliseconds: number, action: () => void) => () => void
  /** Calls the action once, soon, and after the current call has returned. */
  readonly soon: (action: () => void) => void
}

/** The machine's clock. Its timers keep no process alive. */
export const systemClock: Clock = {
  nowMilliseconds: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
  soon: (action) => {
    setImmediate(action)
  }
}
