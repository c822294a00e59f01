/*
 * Packets of 1 to 4,096 segments: what depends on their number. DPDK's packets know their length and number of segments, and
 * not their last segment: whoever appends walks to it. A program that keeps the last segment beside the packet does not need
 * these functions, and what it does is not measured.
 */
#include "dpdk_mbuf.h"

#define WALKED_BYTES (1 << 18) /* of segments, in a repetition: long packets need no thousands of them */

static struct rte_mbuf *packet;

static void prepare(int segments)
{
    make_pools(0);
    packet = build(pool, 1, PAYLOAD_BYTES);
    struct rte_mbuf *last = packet;
    for (int i = 1; i < segments; i++) {
        last->next = build(pool, 1, PAYLOAD_BYTES);
        last = last->next;
        packet->nb_segs++;
        packet->pkt_len += PAYLOAD_BYTES;
    }
    if (rte_mbuf_check(packet, 1, &(const char *){ NULL }) != 0)
        fail("a packet is not sane");
}

static void append_tail(int count)
{
    for (int i = 0; i < count; i++) {
        memcpy(rte_pktmbuf_append(packet, PAYLOAD_BYTES), payload, PAYLOAD_BYTES);
        observe(packet);
        if (rte_pktmbuf_trim(packet, PAYLOAD_BYTES) != 0)
            fail("the packet was not trimmed");
    }
}

/* As in a stream: a segment comes behind the last one, and the first one goes. */
static void concat(int count)
{
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *segment = allocate();
        rte_pktmbuf_append(segment, PAYLOAD_BYTES);
        if (rte_pktmbuf_chain(packet, segment) != 0)
            fail("the segment was not chained");
        struct rte_mbuf *next = packet->next;
        next->nb_segs = packet->nb_segs - 1;
        next->pkt_len = packet->pkt_len - packet->data_len;
        rte_pktmbuf_free_seg(packet);
        packet = next;
        observe(packet);
    }
}

static volatile uint32_t observed;

static void length(int count)
{
    for (int i = 0; i < count; i++) {
        observe(packet);
        observed = rte_pktmbuf_pkt_len(packet) + packet->nb_segs;
    }
}

#define LENGTHS(number) \
    { "append-tail-" #number, number, number < 64 ? REPETITION : WALKED_BYTES / PAYLOAD_BYTES / (number / 64), prepare, \
      { append_tail } }, \
    { "concat-" #number, number, number < 64 ? REPETITION : WALKED_BYTES / PAYLOAD_BYTES / (number / 64), prepare, { concat } }, \
    { "length-" #number, number, REPETITION, prepare, { length } }

const struct work length_works[] = {
    LENGTHS(1),
    LENGTHS(16),
    LENGTHS(256),
    LENGTHS(4096),
    { NULL },
};
