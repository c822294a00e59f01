/* One packet at a time, or a burst. */
#include "dpdk_mbuf.h"

#define HEADER_BYTES 14

static void alloc_free(int count)
{
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *packet = rte_pktmbuf_alloc(pool);
        observe(packet);
        rte_pktmbuf_free(packet);
    }
}

static void burst32(int count)
{
    for (int i = 0; i < count; i += BURST) {
        struct rte_mbuf **burst = packets + i / BURST % PLACES * PLACE_STEP;
        if (rte_pktmbuf_alloc_bulk(pool, burst, BURST) != 0)
            fail("a burst was denied");
        observe(burst);
        rte_pktmbuf_free_bulk(burst, BURST);
    }
}

static void prepend_trim(int count)
{
    struct rte_mbuf *packet = allocate();
    rte_pktmbuf_append(packet, PAYLOAD_BYTES);
    for (int i = 0; i < count; i++) {
        observe(rte_pktmbuf_prepend(packet, HEADER_BYTES));
        observe(rte_pktmbuf_adj(packet, HEADER_BYTES));
    }
    rte_pktmbuf_free(packet);
}

/* No room in front: another mbuf comes first, chained by the library, and is taken off and freed again. */
static void prepend_no_room(int count)
{
    struct rte_mbuf *packet = allocate();
    packet->data_off = 0;
    rte_pktmbuf_append(packet, PAYLOAD_BYTES);
    for (int i = 0; i < count; i++) {
        if (rte_pktmbuf_prepend(packet, HEADER_BYTES) != NULL)
            fail("there was room in front");
        struct rte_mbuf *first = allocate();
        observe(rte_pktmbuf_append(first, HEADER_BYTES));
        if (rte_pktmbuf_chain(first, packet) != 0)
            fail("the header was not chained");
        observe(first);
        packet->pkt_len = first->pkt_len - HEADER_BYTES;
        packet->nb_segs = first->nb_segs - 1;
        rte_pktmbuf_free_seg(first);
    }
    rte_pktmbuf_free(packet);
}

/* Both ways share the buffer; the second has its own copy of the library's function, compiled for this processor. */
static void share_free(int count)
{
    struct rte_mbuf *packet = build(pool, 1, 1500);
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *copy = rte_pktmbuf_clone(packet, indirect_pool);
        observe(copy);
        rte_pktmbuf_free(copy);
    }
    rte_pktmbuf_free(packet);
}

static void share_free_attached(int count)
{
    struct rte_mbuf *packet = build(pool, 1, 1500);
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *copy = rte_pktmbuf_alloc(indirect_pool);
        rte_pktmbuf_attach(copy, packet);
        observe(copy);
        rte_pktmbuf_free(copy);
    }
    rte_pktmbuf_free(packet);
}

static void prepare_share(int number)
{
    make_pools(number);
    struct rte_mbuf *packet = build(pool, 1, 1500);
    struct rte_mbuf *copy = rte_pktmbuf_clone(packet, indirect_pool);
    rte_pktmbuf_free(packet);
    expect_built(copy, 1, 1500);
    rte_pktmbuf_free(copy);
}

/* The copy has the header's fields, too. Again the library's function, and the same compiled for this processor. */
static void copy_1500(int count)
{
    struct rte_mbuf *packet = build(pool, 1, 1500);
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *copy = rte_pktmbuf_copy(packet, pool, 0, UINT32_MAX);
        observe(copy);
        rte_pktmbuf_free(copy);
    }
    rte_pktmbuf_free(packet);
}

static inline struct rte_mbuf *duplicate(const struct rte_mbuf *packet)
{
    struct rte_mbuf *copy = allocate();
    __rte_pktmbuf_copy_hdr(copy, packet);
    copy->ol_flags = packet->ol_flags;
    memcpy(rte_pktmbuf_append(copy, packet->data_len), rte_pktmbuf_mtod(packet, const void *), packet->data_len);
    return copy;
}

static void copy_1500_by_hand(int count)
{
    struct rte_mbuf *packet = build(pool, 1, 1500);
    for (int i = 0; i < count; i++) {
        struct rte_mbuf *copy = duplicate(packet);
        observe(copy);
        rte_pktmbuf_free(copy);
    }
    rte_pktmbuf_free(packet);
}

static void prepare_copy(int number)
{
    make_pools(number);
    struct rte_mbuf *packet = build(pool, 1, 1500);
    struct rte_mbuf *copy = duplicate(packet);
    struct rte_mbuf *other = rte_pktmbuf_copy(packet, pool, 0, UINT32_MAX);
    rte_pktmbuf_free(packet);
    expect_built(copy, 1, 1500);
    expect_built(other, 1, 1500);
    rte_pktmbuf_free(copy);
    rte_pktmbuf_free(other);
}

const struct work packet_works[] = {
    { "alloc-free", 0, REPETITION, make_pools, { alloc_free } },
    { "burst32", 0, REPETITION, make_pools, { burst32 } },
    { "prepend-trim", 0, REPETITION, make_pools, { prepend_trim } },
    { "prepend-no-room", 0, REPETITION, make_pools, { prepend_no_room } },
    { "share-free", 0, REPETITION, prepare_share, { share_free, share_free_attached } },
    { "copy-1500", 0, REPETITION, prepare_copy, { copy_1500 }, { copy_1500_by_hand } },
    { NULL },
};
