/**
 * Converts records of earlier versions. A log keeps them until it is compacted, whatever format its
 * folder has by then.
 *
 * The messages of an operation first carried the number of configurations that the client knew to
 * be retired, and now carry the number of the phase; one message has another name. The clients that
 * received such answers speak an earlier version of the wire format, so none of them will repeat
 * its request. It only matters that the post was answered.
 */

/** Messages that carried no number of retired configurations. */
const withoutRetired: ReadonlySet<unknown> = new Set(["Ballot", "BallotReply"])

type Fields = Readonly<Record<string, unknown>>

const isFields = (data: unknown): data is Fields => typeof data === "object" && data !== null
/** Changes this field of an object, if the object has it. */
const within = (data: unknown, field: string, change: (data: unknown) => unknown): unknown =>
  isFields(data) && field in data ? { ...data, [field]: change(data[field]) } : data
const each =
  (change: (data: unknown) => unknown) =>
  (data: unknown): unknown =>
    Array.isArray(data) ? data.map(change) : data

const message = (data: unknown): unknown => {
  if (!isFields(data) || "phase" in data) return data
  const { _tag, retired, ...more } = data
  if (retired === undefined && !withoutRetired.has(_tag)) return data
  return { ...more, _tag: _tag === "RetireReply" ? "Retired" : _tag, phase: retired ?? 0 }
}
const envelope = (data: unknown): unknown => within(data, "message", message)

/** The record as this version would have written it. */
export const fromEarlier = (record: unknown): unknown =>
  within(
    within(record, "answer", (answer) => within(answer, "envelopes", each(envelope))),
    "posts",
    each((post) => within(post, "envelope", envelope))
  )
