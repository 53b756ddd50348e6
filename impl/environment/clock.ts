/**
 * Time, as hosts see it. The runtime uses the machine's clock; the simulator uses a number that it
 * advances.
 *
 * Nothing below `net/` and `command/` uses a timer, a promise or a fiber of its own: every later
 * action goes through a clock, a disk or a channel. That makes a simulated run depend on its seed
 * alone.
 */

export interface Clock {
  /** Milliseconds since some time in the past. It may jump. */
  readonly nowMilliseconds: () => number
  /** Calls the action once, after at least this time; the returned function cancels it. */
  readonly after: (milliseconds: number, action: () => void) => () => void
  /** Calls the action once, soon after the current call has returned. */
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
