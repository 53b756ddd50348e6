/*
 * Majority replication with SERVERS servers and two clients, each of which writes once: as in
 * majority.pml, but with every variable packed by hand into as few bits as it needs, as an expert
 * does when a search is slow.
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

/* The preprocessor does not expand a macro within itself, so there are two equal ones. */
#define all(a, c)  a(c, 0) a(c, 1) a(c, 2) a(c, 3)
#define each(a, c)    a(c, 0) a(c, 1) a(c, 2) a(c, 3)
#define eachServer(a) a(0) a(1) a(2) a(3)
#define server(s)     unsigned stored_##s : 3;
#define channel(c, s) unsigned get_##c##_##s : 3; unsigned set_##c##_##s : 2; bit answered_##c##_##s;
#define client(c)     unsigned phase_##c : 2; unsigned pair_##c : 3;

eachServer(server)
each(channel, 0) each(channel, 1)
client(0) client(1)

#define answers(c)  (answered_##c##_0 + answered_##c##_1 + answered_##c##_2 + answered_##c##_3)
#define clear(c, s) answered_##c##_##s = 0;
/* Once no Set of a client is in flight, a client that is done forgets what it has written. */
#define setsOnTheWay(c) \
  (set_##c##_0 == SET || set_##c##_1 == SET || set_##c##_2 == SET || set_##c##_3 == SET)
#define forget(c) if :: phase_##c == DONE && !setsOnTheWay(c) -> pair_##c = 0 :: else fi

#define sendGet(c, s) get_##c##_##s = GET;
#define sendSet(c, s) set_##c##_##s = SET;

#define clientInvokesWrite(c) \
  :: d_step { phase_##c == IDLE -> phase_##c = GETTING; all(sendGet, c) }

#define serverReceivesGet(c, s) \
  :: d_step { get_##c##_##s == GET -> get_##c##_##s = REPLY + stored_##s }

#define serverReceivesSet(c, s) \
  :: d_step { set_##c##_##s == SET -> set_##c##_##s = ACK; \
       if :: pair_##c > stored_##s -> stored_##s = pair_##c :: else fi; \
       forget(c) }

#define clientReceivesReply(c, s) \
  :: d_step { get_##c##_##s >= REPLY -> \
       if :: phase_##c == GETTING -> \
            answered_##c##_##s = 1; \
            if :: get_##c##_##s - REPLY > pair_##c -> pair_##c = get_##c##_##s - REPLY :: else fi; \
            if :: answers(c) == MAJORITY -> \
                 pair_##c = 2 * (pair_##c / 2 + 1) + c; all(clear, c) phase_##c = SETTING; \
                 all(sendSet, c) \
               :: else fi \
          :: else fi; \
       get_##c##_##s = NONE }

#define clientReceivesAck(c, s) \
  :: d_step { set_##c##_##s == ACK -> set_##c##_##s = NONE; \
       if :: phase_##c == SETTING -> \
            answered_##c##_##s = 1; \
            if :: answers(c) == MAJORITY -> all(clear, c) phase_##c = DONE; forget(c) :: else fi \
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
