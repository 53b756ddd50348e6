import type { Clock } from "../../impl/environment/clock.ts"

/** A clock that stands still until it is moved. */
export class StandingClock implements Clock {
  now = 0
  private timers: Array<{ readonly at: number; readonly action: () => void }> = []
  readonly nowMilliseconds = () => this.now
  readonly soon = (action: () => void) => action()
  readonly after = (milliseconds: number, action: () => void) => {
    this.timers.push({ at: this.now + milliseconds, action })
    return () => undefined
  }
  move(milliseconds: number): void {
    this.now += milliseconds
    const due = this.timers.filter(({ at }) => at <= this.now)
    this.timers = this.timers.filter(({ at }) => at > this.now)
    for (const { action } of due) action()
  }
}
