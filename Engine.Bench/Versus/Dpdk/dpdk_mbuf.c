/*
 * The DPDK side of `versus`: the works of the suite, done with rte_mbuf.
 *
 * Fairness is the point of this file. The pool lives in one anonymous region that is aligned to 2 MiB and advised to be
 * huge, and DPDK is told so by giving it the region as a heap of 2 MiB pages: then it packs its objects as it would on
 * real huge pages. (Plain --no-huge puts every object on a 4 KiB page of its own, which is slower and would flatter its
 * peer.) The pool is DPDK's default one: ring-backed, with the largest per-lcore cache. One lcore, pinned.
 *
 * usage: dpdk_mbuf CPU MILLISECONDS [WORK...]
 * Writes one line a work, `work median min`: nanoseconds a packet over many short repetitions, so that a repetition
 * that was interrupted shows in neither figure.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ip.h>
#include <rte_ip_frag.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#define HUGE_PAGE (2u << 20)
#define BURST 32
#define IN_FLIGHT 65536
#define POOL_SIZE (IN_FLIGHT + 2 * RTE_MEMPOOL_CACHE_MAX_SIZE) /* what is in flight, and what the cache may keep back */
#define HEAP_BYTES ((size_t)256 << 20)
#define REPETITIONS_MAX 100000
#define HEADER_BYTES 14
#define PAYLOAD_BYTES 64
#define SHUFFLE_SEED 1u
#define FRAGMENTED_FIRST 1400
#define FRAGMENTED_NEXT 1300
#define FRAGMENT_MTU 1500
#define FRAGMENTS_MAX 8

#define LARGE_BYTES 16384
#define INDIRECT_POOL_SIZE (4 * RTE_MEMPOOL_CACHE_MAX_SIZE)
#define LARGE_POOL_SIZE 63

static struct rte_mempool *pool;
static struct rte_mempool *indirect_pool; /* mbufs without data of their own, for parts of others' */
static struct rte_mempool *large_pool;
static struct rte_mbuf *packets[IN_FLIGHT];
static uint8_t payload[PAYLOAD_BYTES] = { 0x45 };

/* The compiler must believe that somebody looks at the packet. */
static inline void observe(void *packet)
{
    __asm__ volatile("" : : "r"(packet) : "memory");
}

static void fail(const char *what)
{
    fprintf(stderr, "dpdk_mbuf: %s: %s\n", what, rte_strerror(rte_errno));
    exit(1);
}

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
        if (rte_pktmbuf_alloc_bulk(pool, packets, BURST) != 0)
            fail("a burst was denied");
        observe(packets);
        rte_pktmbuf_free_bulk(packets, BURST);
    }
}

/* Bursts here too: one at a time, DPDK takes a third longer, and its faster way counts. */
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

static void prepend_trim(int count)
{
    struct rte_mbuf *packet = rte_pktmbuf_alloc(pool);
    rte_pktmbuf_append(packet, PAYLOAD_BYTES);
    for (int i = 0; i < count; i++) {
        observe(rte_pktmbuf_prepend(packet, HEADER_BYTES));
        observe(rte_pktmbuf_adj(packet, HEADER_BYTES));
    }
    rte_pktmbuf_free(packet);
}

/* A packet of some segments, full of bytes like no others. Larger ones come from a pool of their own. */
static struct rte_mbuf *build(struct rte_mempool *from, int segments, int length)
{
    struct rte_mbuf *packet = NULL;
    for (int i = 0; i < segments; i++) {
        struct rte_mbuf *segment = rte_pktmbuf_alloc(from);
        uint8_t *bytes = segment == NULL ? NULL : (uint8_t *)rte_pktmbuf_append(segment, length);
        if (bytes == NULL)
            fail("a segment was denied");
        for (int k = 0; k < length; k++)
            bytes[k] = (uint8_t)(k * 31 + i);
        if (packet == NULL)
            packet = segment;
        else if (rte_pktmbuf_chain(packet, segment) != 0)
            fail("the segments were not chained");
    }
    return packet;
}

static void checksum(struct rte_mempool *from, int count, int segments, int length)
{
    struct rte_mbuf *packet = build(from, segments, length);
    for (int i = 0; i < count; i++) {
        uint16_t sum;
        if (rte_raw_cksum_mbuf(packet, 0, segments * length, &sum) != 0)
            fail("a checksum was refused");
        observe(&sum);
    }
    rte_pktmbuf_free(packet);
}

static void checksum_1500(int count)
{
    checksum(pool, count, 1, 1500);
}

static void checksum_1500x4(int count)
{
    checksum(pool, count, 4, 375);
}

static void checksum_65536(int count)
{
    checksum(large_pool, count, 4, LARGE_BYTES);
}

/*
 * A packet of three segments is made, cut into three fragments, and they are freed. DPDK leaves the header checksums to the
 * hardware; its peer computes them.
 */
static void fragment_4000(int count)
{
    struct rte_mbuf *segments[3], *fragments[FRAGMENTS_MAX];
    for (int i = 0; i < count; i++) {
        if (rte_pktmbuf_alloc_bulk(pool, segments, 3) != 0)
            fail("a packet was denied");
        struct rte_mbuf *packet = segments[0];
        struct rte_ipv4_hdr *header = (struct rte_ipv4_hdr *)rte_pktmbuf_append(packet, FRAGMENTED_FIRST);
        memset(header, 0, sizeof *header);
        header->version_ihl = 0x45;
        header->total_length = RTE_BE16(FRAGMENTED_FIRST + 2 * FRAGMENTED_NEXT);
        header->packet_id = RTE_BE16(0x1234);
        header->time_to_live = 64;
        header->next_proto_id = IPPROTO_UDP;
        header->src_addr = RTE_BE32(RTE_IPV4(10, 0, 0, 1));
        header->dst_addr = RTE_BE32(RTE_IPV4(10, 0, 0, 2));
        for (int k = 1; k < 3; k++) {
            rte_pktmbuf_append(segments[k], FRAGMENTED_NEXT);
            if (rte_pktmbuf_chain(packet, segments[k]) != 0)
                fail("the segments were not chained");
        }
        int made = rte_ipv4_fragment_packet(packet, fragments, FRAGMENTS_MAX, FRAGMENT_MTU, pool, indirect_pool);
        if (made != 3)
            fail("a packet was not fragmented");
        observe(fragments);
        rte_pktmbuf_free(packet);
        rte_pktmbuf_free_bulk(fragments, made);
    }
}

/*
 * Frees every packet in a random order, once. A fresh pool hands its packets out in the order of their addresses, which the
 * processor prefetches; a pool that has seen traffic does not. The other side shuffles in the same way.
 */
static void shuffle(void)
{
    uint32_t random = SHUFFLE_SEED;
    if (rte_pktmbuf_alloc_bulk(pool, packets, IN_FLIGHT) != 0)
        fail("the packets in flight were denied");
    for (uint32_t i = IN_FLIGHT - 1; i > 0; i--) {
        random = random * 1664525u + 1013904223u;
        uint32_t other = (uint32_t)(((uint64_t)random * (i + 1)) >> 32);
        struct rte_mbuf *packet = packets[i];
        packets[i] = packets[other];
        packets[other] = packet;
    }
    for (int i = 0; i < IN_FLIGHT; i += BURST)
        rte_pktmbuf_free_bulk(packets + i, BURST);
}

static const struct work {
    const char *name;
    void (*run)(int count);
    int count;
    void (*prepare)(void);
} works[] = {
    { "alloc-free", alloc_free, 8192, NULL },
    { "burst32", burst32, 8192, NULL },
    { "inflight-65536", inflight, IN_FLIGHT, shuffle },
    { "inflight-65536-write64", inflight_write64, IN_FLIGHT, shuffle },
    { "prepend-trim", prepend_trim, 8192, NULL },
    { "checksum-1500", checksum_1500, 8192, NULL },
    { "checksum-1500x4", checksum_1500x4, 8192, NULL },
    { "checksum-65536", checksum_65536, 64, NULL },
    { "fragment-4000", fragment_4000, 8192, NULL },
};

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A third of the time warms up; what is left is measured, repetition by repetition. */
static void measure(const struct work *work, double budget_ns)
{
    static double results[REPETITIONS_MAX];
    int repetitions = 0;
    if (work->prepare != NULL)
        work->prepare();
    for (double end = now_ns() + budget_ns / 3; now_ns() < end;)
        work->run(work->count);
    double start = now_ns();
    double end = start + budget_ns * 2 / 3;
    while (start < end && repetitions < REPETITIONS_MAX) {
        work->run(work->count);
        double stop = now_ns();
        results[repetitions++] = (stop - start) / work->count;
        start = stop;
    }
    qsort(results, repetitions, sizeof results[0], ascending);
    printf("%s %.3f %.3f\n", work->name, results[repetitions / 2], results[0]);
    fflush(stdout);
}

static void start_eal(char *program, char *cpu)
{
    char *arguments[] = { program, "--lcores", cpu, "--no-huge", "--no-pci", "--no-telemetry",
                          "--iova-mode=va", "--no-shconf", "-m", "64", "--log-level=error", NULL };
    if (rte_eal_init(sizeof arguments / sizeof arguments[0] - 1, arguments) < 0)
        fail("the environment did not start");
}

/* One region of huge pages, which DPDK then treats as such; every page is touched before anything is measured. */
static int add_huge_heap(void)
{
    static rte_iova_t addresses[HEAP_BYTES / HUGE_PAGE];
    char *region = mmap(NULL, HEAP_BYTES + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED)
        fail("the pool's memory was denied");
    region = (char *)(((uintptr_t)region + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
    if (madvise(region, HEAP_BYTES, MADV_HUGEPAGE) != 0)
        fail("transparent huge pages are not to be had");
    memset(region, 0, HEAP_BYTES);
    for (size_t i = 0; i < HEAP_BYTES / HUGE_PAGE; i++)
        addresses[i] = (rte_iova_t)(uintptr_t)(region + i * HUGE_PAGE);
    if (rte_malloc_heap_create("huge") != 0
        || rte_malloc_heap_memory_add("huge", region, HEAP_BYTES, addresses, HEAP_BYTES / HUGE_PAGE, HUGE_PAGE) != 0)
        fail("the heap was refused");
    return rte_malloc_heap_get_socket("huge");
}

static int is_selected(const char *name, int argc, char **argv)
{
    for (int i = 3; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return 1;
    return argc <= 3;
}

int main(int argc, char **argv)
{
    if (argc < 3 || atoi(argv[2]) <= 0) {
        fprintf(stderr, "usage: dpdk_mbuf CPU MILLISECONDS [WORK...]\n");
        return 2;
    }
    start_eal(argv[0], argv[1]);
    int heap = add_huge_heap();
    pool = rte_pktmbuf_pool_create("packets", POOL_SIZE, RTE_MEMPOOL_CACHE_MAX_SIZE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, heap);
    large_pool = rte_pktmbuf_pool_create("large packets", LARGE_POOL_SIZE, 0, 0, LARGE_BYTES + RTE_PKTMBUF_HEADROOM, heap);
    indirect_pool = rte_pktmbuf_pool_create("indirect", INDIRECT_POOL_SIZE, RTE_MEMPOOL_CACHE_MAX_SIZE, 0, 0, heap);
    if (pool == NULL || large_pool == NULL || indirect_pool == NULL)
        fail("the pool was not made");
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        if (is_selected(works[i].name, argc, argv))
            measure(&works[i], atoi(argv[2]) * 1e6);
    rte_eal_cleanup();
    return 0;
}
