/**
 * A name server: the part of DNS over UDP (RFC 1035, and RFC 2782 for SRV) that it takes to answer,
 * or to fail.
 */
import { createSocket, type Socket } from "node:dgram"
import type { AddressInfo } from "node:net"

export interface Service {
  readonly target: string
  readonly port: number
}

const typeOfSrv = 33
const noSuchName = 3

export class NameServer {
  /** The services, by name; names are compared without regard to case. */
  readonly services = new Map<string, ReadonlyArray<Service>>()
  /** If true, it receives questions and does not answer. */
  isSilent = false
  asked = 0
  private readonly socket: Socket = createSocket("udp4")

  async start(): Promise<string> {
    this.socket.on("message", (question, { port, address }) => {
      this.asked += 1
      if (!this.isSilent) this.socket.send(this.answerTo(question), port, address)
    })
    await new Promise<void>((resolve) => this.socket.bind(0, "127.0.0.1", resolve))
    return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()))
  }

  private answerTo(question: Buffer): Buffer {
    const { name, end } = nameAt(question, 12)
    const found = this.services.get(name.toLowerCase())
    const isSrv = question.readUInt16BE(end) === typeOfSrv
    const records = isSrv ? (found ?? []).map((service) => recordOf(service)) : []
    const header = Buffer.alloc(12)
    header.writeUInt16BE(question.readUInt16BE(0), 0)
    // A response, authoritative, recursion desired and available.
    header.writeUInt16BE(0x8580 | (found === undefined ? noSuchName : 0), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(records.length, 6)
    return Buffer.concat([header, question.subarray(12, end + 4), ...records])
  }
}

/** A name in DNS format: labels, each preceded by its length. */
const nameAt = (bytes: Buffer, from: number): { readonly name: string; readonly end: number } => {
  const labels: Array<string> = []
  let offset = from
  for (let length = bytes[offset] as number; length > 0; length = bytes[offset] as number) {
    labels.push(bytes.toString("latin1", offset + 1, offset + 1 + length))
    offset += 1 + length
  }
  return { name: labels.join("."), end: offset + 1 }
}

const encodedName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split(".")
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0])
  ])

/** A record of the requested name (a pointer to its place in the question). */
const recordOf = ({ target, port }: Service): Buffer => {
  const name = encodedName(target)
  const record = Buffer.alloc(18)
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(typeOfSrv, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(1, 6)
  record.writeUInt16BE(6 + name.length, 10)
  record.writeUInt16BE(port, 16)
  return Buffer.concat([record, name])
}
