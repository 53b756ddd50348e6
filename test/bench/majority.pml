/*
 * Majority replication with SERVERS servers and two clients, each of which writes once: the twin of
 * the scenario { "protocol": "majority", "clients": [["write 1"], ["write 2"]] }, state by state.
 *
 * There is one channel from each client to each server and back. In each phase it holds at most one
 * message: a request, or the reply that replaces it. A timestamp-value pair is one number:
 * 2 * counter + client, and 0 for the initial pair.
 */
#ifndef SERVERS
#define SERVERS 4
#endif
#define MAJORITY (SERVERS / 2 + 1)

/* The message between client and server in the Get phase: none, the request, or REPLY + pair. */
#define NONE  0
#define GET   1
#define REPLY 2
/* The same in the Set phase. */
#define SET   1
#define ACK   2

#define IDLE    0
#define GETTING 1
#define SETTING 2
#define DONE    3

byte stored[SERVERS];        /* the servers' pairs */
byte get[2 * SERVERS];       /* the channels, client by client */
byte set[2 * SERVERS];
byte phase[2];
byte answered[2];            /* the servers that have answered in this phase, as bits */
byte pair[2];                /* the highest pair received, then the one that is written */

/* The preprocessor does not expand a macro within itself, so there are two equal ones. */
#define all(a, c)  a(c, 0) a(c, 1) a(c, 2) a(c, 3)
#define each(a, c) a(c, 0) a(c, 1) a(c, 2) a(c, 3)
#define count(m)   ((m & 1) + ((m >> 1) & 1) + ((m >> 2) & 1) + ((m >> 3) & 1))
#define at(c, s)   (c * SERVERS + s)
/* Once no Set of a client is in flight, a client that is done forgets what it has written. */
#define setsOnTheWay(c) \
  (set[at(c, 0)] == SET || set[at(c, 1)] == SET || set[at(c, 2)] == SET || set[at(c, 3)] == SET)
#define forget(c) if :: phase[c] == DONE && !setsOnTheWay(c) -> pair[c] = 0 :: else fi

#define sendGet(c, s) get[at(c, s)] = GET;
#define sendSet(c, s) set[at(c, s)] = SET;

#define clientInvokesWrite(c) \
  :: d_step { phase[c] == IDLE -> phase[c] = GETTING; all(sendGet, c) }

#define serverReceivesGet(c, s) \
  :: d_step { get[at(c, s)] == GET -> get[at(c, s)] = REPLY + stored[s] }

#define serverReceivesSet(c, s) \
  :: d_step { set[at(c, s)] == SET -> set[at(c, s)] = ACK; \
       if :: pair[c] > stored[s] -> stored[s] = pair[c] :: else fi; \
       forget(c) }

#define clientReceivesReply(c, s) \
  :: d_step { get[at(c, s)] >= REPLY -> \
       if :: phase[c] == GETTING -> \
            answered[c] = answered[c] | (1 << s); \
            if :: get[at(c, s)] - REPLY > pair[c] -> pair[c] = get[at(c, s)] - REPLY :: else fi; \
            if :: count(answered[c]) == MAJORITY -> \
                 pair[c] = 2 * (pair[c] / 2 + 1) + c; answered[c] = 0; phase[c] = SETTING; \
                 all(sendSet, c) \
               :: else fi \
          :: else fi; \
       get[at(c, s)] = NONE }

#define clientReceivesAck(c, s) \
  :: d_step { set[at(c, s)] == ACK -> set[at(c, s)] = NONE; \
       if :: phase[c] == SETTING -> \
            answered[c] = answered[c] | (1 << s); \
            if :: count(answered[c]) == MAJORITY -> answered[c] = 0; phase[c] = DONE; forget(c) :: else fi \
          :: else fi }

active proctype system() {
end:
  do
  clientInvokesWrite(0) clientInvokesWrite(1)
  each(serverReceivesGet, 0) each(serverReceivesGet, 1)
  each(serverReceivesSet, 0) each(serverReceivesSet, 1)
  each(clientReceivesReply, 0) each(clientReceivesReply, 1)
  each(clientReceivesAck, 0) each(clientReceivesAck, 1)
  od
}
