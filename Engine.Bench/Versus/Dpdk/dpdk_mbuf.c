/*
 * The DPDK side of `versus`: one work of the suite, done with rte_mbuf.
 *
 * Fairness is the point of this program. Its pools lie in one anonymous region that is aligned to 2 MiB and advised to be
 * huge, and DPDK is told so by giving it the region as a heap of 2 MiB pages: then it packs its objects as it would on
 * real huge pages. (Plain --no-huge puts every object on a 4 KiB page of its own, which is slower and would flatter its
 * peer.) Pools are DPDK's default ones, ring-backed, with the largest per-lcore cache; where its stack may be faster, both
 * are tried. Where there are several ways to do a work, the fastest counts; ways without the library's functions apart. Lcores
 * are pinned.
 *
 * usage: dpdk_mbuf CPUS MILLISECONDS WORK [by-hand]
 * CPUS is the core to measure on and, for a work that takes two, a comma and the other one.
 * Writes one line, `work median min`: nanoseconds a packet over many short repetitions, so that a repetition that was
 * interrupted shows in neither figure. With DPDK_MBUF_WAYS set, each way's figure goes to standard error.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_malloc.h>

#include "dpdk_mbuf.h"

#define HUGE_PAGE (2u << 20)
#define REPETITIONS_MAX 100000
#define INDIRECT_POOL_SIZE (4 * RTE_MEMPOOL_CACHE_MAX_SIZE)
#define PACKETS_FEW 65536 /* in the pool of works with few packets out */
#define OBJECT_BYTES 2560 /* at most, of a packet in a pool with its share of the ring */
#define HEAP_SPARE ((size_t)64 << 20)

struct rte_mempool *pool, *indirect_pool;
struct rte_mbuf *packets[IN_FLIGHT_MAX];
const uint8_t payload[PAYLOAD_BYTES] = { 0x45 };
static int heap;

void fail(const char *what)
{
    fprintf(stderr, "dpdk_mbuf: %s: %s\n", what, rte_strerror(rte_errno));
    exit(1);
}

struct rte_mempool *make_pool(const char *name, unsigned size, unsigned data_bytes, const char *operations)
{
    unsigned cache = size < 4 * RTE_MEMPOOL_CACHE_MAX_SIZE && data_bytes > RTE_MBUF_DEFAULT_BUF_SIZE
        ? 0
        : RTE_MEMPOOL_CACHE_MAX_SIZE;
    struct rte_mempool *made = rte_pktmbuf_pool_create_by_ops(name, size, cache, 0, data_bytes, heap, operations);
    if (made == NULL)
        fail("a pool was not made");
    return made;
}

void make_pools(int number)
{
    (void)number;
    pool = make_pool("packets", PACKETS_FEW + POOL_SPARE, RTE_MBUF_DEFAULT_BUF_SIZE, "ring_mp_mc");
    indirect_pool = make_pool("indirect", INDIRECT_POOL_SIZE, 0, "ring_mp_mc");
}

struct rte_mbuf *build(struct rte_mempool *from, int segments, int length)
{
    struct rte_mbuf *packet = NULL;
    for (int i = 0; i < segments; i++) {
        struct rte_mbuf *segment = rte_pktmbuf_alloc(from);
        uint8_t *bytes = segment == NULL ? NULL : (uint8_t *)rte_pktmbuf_append(segment, length);
        if (bytes == NULL)
            fail("a segment was denied");
        for (int k = 0; k < length; k++)
            bytes[k] = byte_of(i, k);
        if (packet == NULL)
            packet = segment;
        else if (rte_pktmbuf_chain(packet, segment) != 0)
            fail("the segments were not chained");
    }
    return packet;
}

void expect_built(const struct rte_mbuf *packet, int segments, int length)
{
    static uint8_t bytes[65536];
    if (packet == NULL || packet->pkt_len != (uint32_t)(segments * length))
        fail("a packet has the wrong length");
    const uint8_t *all = rte_pktmbuf_read(packet, 0, segments * length, bytes);
    for (int i = 0; i < segments * length; i++)
        if (all[i] != byte_of(i / length, i % length))
            fail("a packet has the wrong bytes");
}

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

/* Repeats for a time; the median, and the least if it is asked for. */
static double repeat(void (*way)(int), int count, double budget_ns, double *least)
{
    static double results[REPETITIONS_MAX];
    int repetitions = 0;
    double start = now_ns();
    double end = start + budget_ns;
    do {
        way(count);
        double stop = now_ns();
        results[repetitions++] = (stop - start) / count;
        start = stop;
    } while (start < end && repetitions < REPETITIONS_MAX);
    qsort(results, repetitions, sizeof results[0], ascending);
    if (least != NULL)
        *least = results[0];
    return results[repetitions / 2];
}

/* A third of the time warms up and finds the fastest way, which is measured in the rest. */
static void measure(const struct work *work, bool by_hand, double budget_ns)
{
    void (*const *candidates)(int) = by_hand ? work->by_hand : work->ways;
    int ways = 0, fastest = 0;
    double best = 0, least;
    while (ways < WAYS_MAX && candidates[ways] != NULL)
        ways++;
    if (ways == 0)
        fail("there is no way to do it by hand");
    for (int i = 0; i < 2 * ways; i++) {
        double median = repeat(candidates[i % ways], work->packets, budget_ns / 6 / ways, NULL);
        if (getenv("DPDK_MBUF_WAYS") != NULL)
            fprintf(stderr, "%s, way %d: %.3f\n", work->name, i % ways, median);
        if (i >= ways && (best == 0 || median < best)) {
            best = median;
            fastest = i % ways;
        }
    }
    double median = repeat(candidates[fastest], work->packets, budget_ns * 2 / 3, &least);
    printf("%s %.3f %.3f\n", work->name, median, least);
}

static void start_eal(char *program, char *cpus)
{
    char main_lcore[16];
    snprintf(main_lcore, sizeof main_lcore, "%d", atoi(cpus));
    char *arguments[] = { program, "--lcores", cpus, "--main-lcore", main_lcore, "--no-huge", "--no-pci", "--no-telemetry",
                          "--iova-mode=va", "--no-shconf", "-m", "64", "--log-level=error", NULL };
    if (rte_eal_init(sizeof arguments / sizeof arguments[0] - 1, arguments) < 0)
        fail("the environment did not start");
}

/* One region of huge pages, which DPDK then treats as such; every page is touched before anything is measured. */
static int add_huge_heap(size_t bytes)
{
    char *region = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED)
        fail("the pool's memory was denied");
    region = (char *)(((uintptr_t)region + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
    if (madvise(region, bytes, MADV_HUGEPAGE) != 0)
        fail("transparent huge pages are not to be had");
    memset(region, 0, bytes);
    unsigned pages = bytes / HUGE_PAGE;
    rte_iova_t *addresses = calloc(pages, sizeof *addresses);
    if (addresses == NULL)
        fail("the table of pages was denied");
    for (unsigned i = 0; i < pages; i++)
        addresses[i] = (rte_iova_t)(uintptr_t)(region + (size_t)i * HUGE_PAGE);
    if (rte_malloc_heap_create("huge") != 0
        || rte_malloc_heap_memory_add("huge", region, bytes, addresses, pages, HUGE_PAGE) != 0)
        fail("the heap was refused");
    free(addresses);
    return rte_malloc_heap_get_socket("huge");
}

static const struct work *find(const char *name)
{
    const struct work *tables[] = { packet_works, flight_works, chain_works, payload_works, length_works, handoff_works,
                                    pipeline_works };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct work *work = tables[i]; work->name != NULL; work++)
            if (strcmp(work->name, name) == 0)
                return work;
    return NULL;
}

int main(int argc, char **argv)
{
    bool by_hand = argc == 5 && strcmp(argv[4], "by-hand") == 0;
    bool complete = (argc == 4 || by_hand) && atoi(argv[2]) > 0;
    const struct work *work = complete ? find(argv[3]) : NULL;
    if (work == NULL) {
        if (complete)
            fprintf(stderr, "dpdk_mbuf: there is no work '%s'\n", argv[3]);
        else
            fprintf(stderr, "usage: dpdk_mbuf CPUS MILLISECONDS WORK [by-hand]\n");
        return 2;
    }
    start_eal(argv[0], argv[1]);

    /* Two pools of what is in flight, but for the largest. */
    size_t out = work->number > PACKETS_FEW ? work->number : 2 * PACKETS_FEW;
    heap = add_huge_heap(((out * OBJECT_BYTES + HEAP_SPARE) / HUGE_PAGE + 1) * HUGE_PAGE);
    work->prepare(work->number);
    measure(work, by_hand, atoi(argv[2]) * 1e6);
    fflush(stdout);
    return 0;
}
