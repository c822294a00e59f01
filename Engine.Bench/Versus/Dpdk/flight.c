/* Many packets in flight: how cost grows with what is out at a time. */
#include "dpdk_mbuf.h"

/* In bursts: one at a time, DPDK takes a third longer, and its faster way counts. */
static void inflight(int count)
{
    for (int i = 0; i < count; i += BURST) {
        if (rte_pktmbuf_alloc_bulk(pool, packets + i, BURST) != 0)
            fail("a burst was denied");
        observe(packets);
    }
    for (int i = 0; i < count; i += BURST)
        rte_pktmbuf_free_bulk(packets + i, BURST);
}

static void inflight_write64(int count)
{
    for (int i = 0; i < count; i += BURST) {
        if (rte_pktmbuf_alloc_bulk(pool, packets + i, BURST) != 0)
            fail("a burst was denied");
        for (int k = i; k < i + BURST; k++)
            memcpy(rte_pktmbuf_append(packets[k], PAYLOAD_BYTES), payload, PAYLOAD_BYTES);
        observe(packets);
    }
    for (int i = 0; i < count; i += BURST)
        rte_pktmbuf_free_bulk(packets + i, BURST);
}

/* The same with the headers of the whole burst fetched before the first is written. */
static void inflight_write64_prefetched(int count)
{
    for (int i = 0; i < count; i += BURST) {
        if (rte_pktmbuf_alloc_bulk(pool, packets + i, BURST) != 0)
            fail("a burst was denied");
        for (int k = i; k < i + BURST; k++)
            rte_prefetch0(rte_pktmbuf_mtod(packets[k], void *));
        for (int k = i; k < i + BURST; k++)
            memcpy(rte_pktmbuf_append(packets[k], PAYLOAD_BYTES), payload, PAYLOAD_BYTES);
        observe(packets);
    }
    for (int i = 0; i < count; i += BURST)
        rte_pktmbuf_free_bulk(packets + i, BURST);
}

/* The stack gives back what came last, which is hot while few are out; the ring goes round all that there is. */
static struct rte_mempool *ring_pool, *stack_pool;

static void inflight_stack(int count)
{
    pool = stack_pool;
    inflight(count);
    pool = ring_pool;
}

static void inflight_write64_stack(int count)
{
    pool = stack_pool;
    inflight_write64(count);
    pool = ring_pool;
}

/*
 * Frees every packet in a random order, once. A fresh pool hands its packets out in the order of their addresses, which the
 * processor prefetches; a pool that has seen traffic does not. The other side shuffles in the same way.
 */
static void shuffle(struct rte_mempool *shuffled, uint32_t number)
{
    uint32_t random = 1;
    if (rte_pktmbuf_alloc_bulk(shuffled, packets, number) != 0)
        fail("the packets in flight were denied");
    for (uint32_t i = number - 1; i > 0; i--) {
        random = random * 1664525u + 1013904223u;
        uint32_t other = (uint32_t)(((uint64_t)random * (i + 1)) >> 32);
        struct rte_mbuf *packet = packets[i];
        packets[i] = packets[other];
        packets[other] = packet;
    }
    for (uint32_t i = 0; i < number; i += BURST)
        rte_pktmbuf_free_bulk(packets + i, BURST);
}

static void prepare(int number)
{
    pool = ring_pool = make_pool("packets", number + POOL_SPARE, RTE_MBUF_DEFAULT_BUF_SIZE, "ring_mp_mc");
    shuffle(ring_pool, number);
    if (number < IN_FLIGHT_MAX) {
        stack_pool = make_pool("stacked", number + POOL_SPARE, RTE_MBUF_DEFAULT_BUF_SIZE, "stack");
        shuffle(stack_pool, number);
    }
}

#define FLIGHT(number) \
    { "inflight-" #number, number, number, prepare, { inflight, inflight_stack } }, \
    { "inflight-" #number "-write64", number, number, prepare, \
      { inflight_write64, inflight_write64_prefetched, inflight_write64_stack } }

const struct work flight_works[] = {
    FLIGHT(1024),
    FLIGHT(4096),
    FLIGHT(16384),
    FLIGHT(65536),
    /* All that there is, is out: both kinds of pool touch all of it, and memory for two of them may be missing. */
    { "inflight-1048576", 1048576, 1048576, prepare, { inflight } },
    { "inflight-1048576-write64", 1048576, 1048576, prepare, { inflight_write64, inflight_write64_prefetched } },
    { NULL },
};
