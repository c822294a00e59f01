/* Checksums, and packets cut to an MTU. */
#include <rte_ip.h>
#include <rte_ip_frag.h>

#include "dpdk_mbuf.h"

#define FRAGMENTED_FIRST 1400
#define FRAGMENTED_NEXT 1300
#define FRAGMENT_MTU 1500
#define FRAGMENTS_MAX 8
#define LARGE_BYTES 16384
#define LARGE_POOL_SIZE 63

static struct rte_mempool *large_pool;

static void prepare_large(int number)
{
    make_pools(number);
    large_pool = make_pool("large packets", LARGE_POOL_SIZE, LARGE_BYTES + RTE_PKTMBUF_HEADROOM, "ring_mp_mc");
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
        *header = (struct rte_ipv4_hdr){ .version_ihl = 0x45 };
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

const struct work payload_works[] = {
    { "checksum-1500", 0, REPETITION, make_pools, { checksum_1500 } },
    { "checksum-1500x4", 0, REPETITION, make_pools, { checksum_1500x4 } },
    { "checksum-65536", 0, 64, prepare_large, { checksum_65536 } },
    { "fragment-4000", 0, REPETITION, make_pools, { fragment_4000 } },
    { NULL },
};
