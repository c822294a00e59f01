/* Packets of several segments. */
#include "dpdk_mbuf.h"

#define PARSED_BYTES 54
#define PARSED_FIRST 30
#define PARSED_NEXT 64
#define SPLIT_BYTES 750

static inline struct rte_mbuf *chain(struct rte_mbuf *segments[], int number)
{
    for (int k = 1; k < number; k++)
        if (rte_pktmbuf_chain(segments[0], segments[k]) != 0)
            fail("the segments were not chained");
    return segments[0];
}

static inline void write64(struct rte_mbuf *segment)
{
    memcpy(rte_pktmbuf_append(segment, PAYLOAD_BYTES), payload, PAYLOAD_BYTES);
}

static void chain4(int count)
{
    struct rte_mbuf *segments[4];
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < 4; k++)
            write64(segments[k] = allocate());
        struct rte_mbuf *packet = chain(segments, 4);
        observe(packet);
        rte_pktmbuf_free(packet);
    }
}

static void chain4_bulk(int count)
{
    struct rte_mbuf *segments[4];
    for (int i = 0; i < count; i++) {
        if (rte_pktmbuf_alloc_bulk(pool, segments, 4) != 0)
            fail("a burst was denied");
        for (int k = 0; k < 4; k++)
            write64(segments[k]);
        struct rte_mbuf *packet = chain(segments, 4);
        observe(packet);
        rte_pktmbuf_free_bulk(&packet, 1);
    }
}

/* Without the library's function for it: segments that are known to be fresh are linked by setting their fields. */
static void chain4_linked(int count)
{
    struct rte_mbuf *segments[4];
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < 4; k++)
            write64(segments[k] = allocate());
        for (int k = 1; k < 4; k++)
            segments[k - 1]->next = segments[k];
        segments[0]->nb_segs = 4;
        segments[0]->pkt_len = 4 * PAYLOAD_BYTES;
        observe(segments[0]);
        rte_pktmbuf_free(segments[0]);
    }
}

/* One by one: in bulk, four packets take longer. */
static inline struct rte_mbuf *four_of_375(void)
{
    struct rte_mbuf *segments[4];
    for (int k = 0; k < 4; k++)
        rte_pktmbuf_append(segments[k] = allocate(), 375);
    return chain(segments, 4);
}

static void chain4_linearize(int count)
{
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *packet = four_of_375();
        if (rte_pktmbuf_linearize(packet) != 0)
            fail("a packet was not linearized");
        observe(packet);
        rte_pktmbuf_free(packet);
    }
}

/* What the library does, but compiled for this processor, and the emptied segments freed in bulk. */
static inline void linearize(struct rte_mbuf *packet)
{
    struct rte_mbuf *next = packet->next;
    uint8_t *end = rte_pktmbuf_mtod_offset(packet, uint8_t *, packet->data_len);
    for (struct rte_mbuf *segment = next; segment != NULL; segment = segment->next) {
        memcpy(end, rte_pktmbuf_mtod(segment, void *), segment->data_len);
        end += segment->data_len;
    }
    packet->data_len = (uint16_t)packet->pkt_len;
    packet->next = NULL;
    packet->nb_segs = 1;
    rte_pktmbuf_free_bulk(&next, 1);
}

static void chain4_linearize_by_hand(int count)
{
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *packet = four_of_375();
        linearize(packet);
        observe(packet);
        rte_pktmbuf_free(packet);
    }
}

static void prepare_linearize(int number)
{
    make_pools(number);
    struct rte_mbuf *packet = build(pool, 4, 375);
    struct rte_mbuf *other = build(pool, 4, 375);
    if (rte_pktmbuf_linearize(packet) != 0 || packet->nb_segs != 1)
        fail("a packet was not linearized");
    linearize(other);
    expect_built(packet, 4, 375);
    expect_built(other, 4, 375);
    rte_pktmbuf_free(packet);
    rte_pktmbuf_free(other);
}

/* A packet of two segments becomes two packets and one again. There is no function for the first half. */
static void split_concat(int count)
{
    struct rte_mbuf *packet = build(pool, 2, SPLIT_BYTES);
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *rest = packet->next;
        rest->nb_segs = packet->nb_segs - 1;
        rest->pkt_len = packet->pkt_len - SPLIT_BYTES;
        packet->next = NULL;
        packet->nb_segs = 1;
        packet->pkt_len = SPLIT_BYTES;
        observe(packet);
        observe(rest);
        if (rte_pktmbuf_chain(packet, rest) != 0)
            fail("the segments were not chained");
    }
    expect_built(packet, 2, SPLIT_BYTES);
    rte_pktmbuf_free(packet);
}

/* Headers over a border, read. The library copies them together, into the caller's memory. */
static void parse_54x2(int count)
{
    struct rte_mbuf *packet = build(pool, 2, PARSED_FIRST);
    for (int i = 0; i < count; i++) {
        uint8_t headers[PARSED_BYTES];
        observe(packet);
        observe(rte_pktmbuf_read(packet, 0, PARSED_BYTES, headers));
    }
    rte_pktmbuf_free(packet);
}

/* Headers over a border, made contiguous in the packet: moved into the room behind the first segment. */
static void pullup_54(int count)
{
    struct rte_mbuf *segments[2];
    for (int i = 0; i < count; i++) {
        if (rte_pktmbuf_alloc_bulk(pool, segments, 2) != 0)
            fail("a burst was denied");
        rte_pktmbuf_append(segments[0], PARSED_FIRST);
        rte_pktmbuf_append(segments[1], PARSED_NEXT);
        struct rte_mbuf *packet = chain(segments, 2);
        struct rte_mbuf *next = packet->next;
        int missing = PARSED_BYTES - packet->data_len;
        if (missing > rte_pktmbuf_tailroom(packet) || missing > next->data_len)
            fail("there is no room for the headers");
        memcpy(rte_pktmbuf_mtod_offset(packet, void *, packet->data_len), rte_pktmbuf_mtod(next, void *), missing);
        packet->data_len += missing;
        next->data_off += missing;
        next->data_len -= missing;
        observe(packet);
        rte_pktmbuf_free(packet);
    }
}

static void copy_out(int count)
{
    struct rte_mbuf *packet = build(pool, 4, 375);
    uint8_t bytes[1500];
    for (int i = 0; i < count; i++) {
        observe(packet);
        observe(rte_pktmbuf_read(packet, 0, sizeof bytes, bytes));
        observe(bytes);
    }
    rte_pktmbuf_free(packet);
}

/* Segment by segment, as a program that knows that there are several. */
static void copy_out_by_hand(int count)
{
    struct rte_mbuf *packet = build(pool, 4, 375);
    uint8_t bytes[1500];
    for (int i = 0; i < count; i++) {
        observe(packet);
        uint8_t *end = bytes;
        for (const struct rte_mbuf *segment = packet; segment != NULL; segment = segment->next) {
            memcpy(end, rte_pktmbuf_mtod(segment, const void *), segment->data_len);
            end += segment->data_len;
        }
        observe(bytes);
    }
    rte_pktmbuf_free(packet);
}

const struct work chain_works[] = {
    { "chain4", 0, REPETITION, make_pools, { chain4, chain4_bulk }, { chain4_linked } },
    { "chain4-linearize", 0, REPETITION, prepare_linearize, { chain4_linearize }, { chain4_linearize_by_hand } },
    { "split-concat", 0, REPETITION, make_pools, { split_concat } },
    { "parse-54x2", 0, REPETITION, make_pools, { parse_54x2 } },
    { "pullup-54", 0, REPETITION, make_pools, { pullup_54 } },
    { "copy-out-1500x4", 0, REPETITION, make_pools, { copy_out }, { copy_out_by_hand } },
    { NULL },
};
