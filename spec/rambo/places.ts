/**
 * Reconfigurations are atomic too: each takes place instantaneously between its invocation and its
 * response. The agreed sequence orders them. A reconfiguration that returns has a place there
 * (`observation.ts`), and `reconfigurationIsDone` says that the configuration at this place has its
 * change. It remains that places follow real time.
 */
import { setOf } from "../kernel/data.ts"
import { type Judged, judged } from "../kernel/judged.ts"
import type { NodeId } from "../kernel/node.ts"
import type { AnyNote, AnyOperation } from "../kernel/observation.ts"
import type { Value } from "../register/operation.ts"
import { isReconfigure } from "../storage/reconfiguration.ts"
import { isPlaced } from "./observation.ts"

/** A pending reconfiguration, and the place of the latest one that ended before it began. */
interface Course {
  readonly client: NodeId
  readonly after: number
}

interface Places extends Judged {
  /** The highest place of a reconfiguration that has ended. */
  readonly ended: number
  /** The pending reconfigurations that began after the end of another. */
  readonly courses: ReadonlyArray<Course>
}

const others = ({ courses }: Places, client: NodeId): ReadonlyArray<Course> =>
  courses.filter((course) => course.client !== client)

export const placesFollowTime = judged<Places, AnyOperation, Value, AnyNote>(
  {
    name: "places-follow-time",
    about:
      "a reconfiguration that begins after the end of another has no earlier place in the sequence"
  },
  { ended: 0, courses: [], violation: null },
  {
    begins: (state, client, operation) =>
      isReconfigure(operation) && state.ended > 0
        ? { ...state, courses: setOf([...state.courses, { client, after: state.ended }]) }
        : state,
    notes: (state, client, note) => {
      if (!isPlaced(note)) return state
      const { index } = note.detail
      const { after = 0 } = state.courses.find((course) => course.client === client) ?? {}
      return index < after
        ? {
            ...state,
            violation: `${client}'s reconfiguration has place ${index} in the sequence, and one that ended before it began has place ${after}`
          }
        : { ...state, ended: Math.max(state.ended, index) }
    },
    ends: (state, client, operation) =>
      isReconfigure(operation) ? { ...state, courses: others(state, client) } : state
  },
  (observation) => observation._tag === "Note" && isPlaced(observation)
)
