/*
 * Packets allocated on one core and freed on another. The other core allocates without end; this one takes bursts out of the
 * ring between them, frees them, and is measured. Ways: DPDK's ring between the two cores, over pools of both kinds; and the
 * ring that the other side has, which remembers how far its opposite was.
 */
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <rte_ring.h>

#include "dpdk_mbuf.h"

#define RING_SIZE 1024
#define POOL_SIZE 8192

enum { RING_OVER_RING, RING_OVER_STACK, SPSC_OVER_RING, SPSC_OVER_STACK };

struct spsc {
    uint64_t tail __rte_cache_aligned; /* written by the producer, with what it knows of the consumer */
    uint64_t known_head;
    uint64_t head __rte_cache_aligned; /* written by the consumer, with what it knows of the producer */
    uint64_t known_tail;
    struct rte_mbuf *slots[RING_SIZE] __rte_cache_aligned;
};

static struct spsc spsc;
static struct rte_ring *ring;
static struct rte_mempool *pools[2];
static volatile int wanted; /* the way that the other core is to produce for */
static volatile int ended;

static inline int spsc_put(struct rte_mbuf *burst[])
{
    uint64_t tail = spsc.tail;
    if (tail + BURST - spsc.known_head > RING_SIZE) {
        spsc.known_head = __atomic_load_n(&spsc.head, __ATOMIC_ACQUIRE);
        if (tail + BURST - spsc.known_head > RING_SIZE)
            return 0;
    }
    memcpy(&spsc.slots[tail % RING_SIZE], burst, BURST * sizeof burst[0]);
    __atomic_store_n(&spsc.tail, tail + BURST, __ATOMIC_RELEASE);
    return 1;
}

static inline int spsc_take(struct rte_mbuf *burst[])
{
    uint64_t head = spsc.head;
    if (head + BURST > spsc.known_tail) {
        spsc.known_tail = __atomic_load_n(&spsc.tail, __ATOMIC_ACQUIRE);
        if (head + BURST > spsc.known_tail)
            return 0;
    }
    memcpy(burst, &spsc.slots[head % RING_SIZE], BURST * sizeof burst[0]);
    __atomic_store_n(&spsc.head, head + BURST, __ATOMIC_RELEASE);
    return 1;
}

static inline int put(int way, struct rte_mbuf *burst[])
{
    return way < SPSC_OVER_RING ? rte_ring_sp_enqueue_bulk(ring, (void **)burst, BURST, NULL) != 0 : spsc_put(burst);
}

static inline int take(int way, struct rte_mbuf *burst[])
{
    return way < SPSC_OVER_RING ? rte_ring_sc_dequeue_bulk(ring, (void **)burst, BURST, NULL) != 0 : spsc_take(burst);
}

/* The other core: bursts without end, of the way that is wanted. */
static int produce(void *unused)
{
    struct rte_mbuf *burst[BURST];
    (void)unused;
    while (!ended) {
        int way = wanted;
        if (rte_pktmbuf_alloc_bulk(pools[way % 2], burst, BURST) != 0) {
            rte_pause();
            continue;
        }
        while (!put(way, burst)) {
            if (ended || wanted != way) {
                rte_pktmbuf_free_bulk(burst, BURST);
                break;
            }
            rte_pause();
        }
    }
    return 0;
}

static inline void consume(int way, int count)
{
    struct rte_mbuf *burst[BURST];
    wanted = way;
    for (int i = 0; i < count; i += BURST) {
        while (!take(way, burst))
            rte_pause();
        rte_pktmbuf_free_bulk(burst, BURST);
    }
}

static void ring_over_ring(int count)
{
    consume(RING_OVER_RING, count);
}

static void ring_over_stack(int count)
{
    consume(RING_OVER_STACK, count);
}

static void spsc_over_ring(int count)
{
    consume(SPSC_OVER_RING, count);
}

static void spsc_over_stack(int count)
{
    consume(SPSC_OVER_STACK, count);
}

static void end(void)
{
    ended = 1;
    rte_eal_mp_wait_lcore();
}

static void prepare(int number)
{
    (void)number;
    pools[0] = make_pool("packets", POOL_SIZE, RTE_MBUF_DEFAULT_BUF_SIZE, "ring_mp_mc");
    pools[1] = make_pool("stacked", POOL_SIZE, RTE_MBUF_DEFAULT_BUF_SIZE, "stack");
    ring = rte_ring_create("handoff", RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
    unsigned other = rte_get_next_lcore(-1, 1, 0);
    if (ring == NULL || other == RTE_MAX_LCORE || rte_eal_remote_launch(produce, NULL, other) != 0)
        fail("the second core was denied");
    atexit(end);
}

const struct work handoff_works[] = {
    { "handoff-burst32", 0, REPETITION, prepare, { ring_over_ring, ring_over_stack, spsc_over_ring, spsc_over_stack } },
    { NULL },
};
