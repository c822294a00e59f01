/* What the works of the DPDK side of `versus` share. The program itself is dpdk_mbuf.c. */
#ifndef DPDK_MBUF_H
#define DPDK_MBUF_H

#include <stdint.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#define BURST 32
#define REPETITION 8192
#define IN_FLIGHT_MAX 1048576
#define PAYLOAD_BYTES 64
#define WAYS_MAX 4

/*
 * Bursts go round a page of pointers, a line further each time: whether one place of them shares its lower 12 bits with the
 * packets' headers is chance.
 */
#define PLACE_STEP 8
#define PLACES 64

/* What caches may hold beside what is in flight; the other side has as much. */
#define POOL_SPARE (2 * RTE_MEMPOOL_CACHE_MAX_SIZE)

/*
 * A work, and the ways to do it with the library's functions. All ways are tried before measuring, and the fastest is measured. Those by
 * hand do without a function: they set the library's fields themselves, or repeat what it does, inline and compiled for this processor.
 * `prepare` makes the pools and checks, once, that the results are right.
 */
struct work {
    const char *name;
    int number; /* of packets in flight, or of segments, where the name has one */
    int packets; /* of a repetition */
    void (*prepare)(int number);
    void (*ways[WAYS_MAX])(int count);
    void (*by_hand[WAYS_MAX])(int count);
};

extern const struct work packet_works[], flight_works[], chain_works[], payload_works[], length_works[], handoff_works[],
    pipeline_works[];

extern struct rte_mempool *pool; /* packets with data */
extern struct rte_mempool *indirect_pool; /* mbufs without data of their own, for parts of others' */
extern struct rte_mbuf *packets[IN_FLIGHT_MAX];
extern const uint8_t payload[PAYLOAD_BYTES];

/* Ends the program with a message. */
void fail(const char *what) __attribute__((noreturn));

/* A pool of packets on huge pages; the ring that DPDK uses unless told otherwise, or its stack. */
struct rte_mempool *make_pool(const char *name, unsigned size, unsigned data_bytes, const char *operations);

/* The usual pools, for works with few packets out. */
void make_pools(int number);

/* A packet of some segments, full of bytes that tell position and segment. */
struct rte_mbuf *build(struct rte_mempool *from, int segments, int length);

/* Fails unless a packet has exactly the bytes that `build` writes, in one segment or in many. */
void expect_built(const struct rte_mbuf *packet, int segments, int length);

static inline uint8_t byte_of(int segment, int offset)
{
    return (uint8_t)(offset * 31 + segment);
}

/* The compiler must believe that somebody looks at the packet. */
static inline void observe(const void *packet)
{
    __asm__ volatile("" : : "r"(packet) : "memory");
}

static inline struct rte_mbuf *allocate(void)
{
    struct rte_mbuf *packet = rte_pktmbuf_alloc(pool);
    if (unlikely(packet == NULL))
        fail("a packet was denied");
    return packet;
}

#endif
