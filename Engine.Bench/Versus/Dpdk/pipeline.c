/*
 * A packet's whole way through a router: received, looked into, its route found, TTL and checksum changed, its link header
 * replaced, sent. The other side does the same, check for check and byte for byte.
 */
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_prefetch.h>

#include "dpdk_mbuf.h"

#define FRAME_BYTES 64
#define NETWORK_BYTES (FRAME_BYTES - RTE_ETHER_HDR_LEN)
#define FRAMES 1024
#define ROUTES 1024
#define RING 1024
#define LINK_BYTES 18 /* Ethernet with a VLAN tag */
#define SENT_BYTES (NETWORK_BYTES + LINK_BYTES)
#define AHEAD 4

/* Of all that is sent for the frames, once around: the other side has the same number. */
#define DIGEST UINT64_C(0xA18299DCBD178247)

struct route {
    uint32_t network; /* of 24 bits, as a number */
    uint8_t link[LINK_BYTES]; /* what the packet gets in front */
};

struct descriptor {
    const void *address;
    uint32_t length;
};

static uint8_t frames[FRAMES][FRAME_BYTES];
static struct route routes[ROUTES];
static struct descriptor descriptors[RING];
static struct rte_mbuf *posted[RING], *sent[RING];

static void make_routes(void)
{
    for (int i = 0; i < ROUTES; i++) {
        const uint8_t link[LINK_BYTES] = { 2, 1, 0, 0, i >> 8, i, 2, 2, 0, 0, 0, i & 7, 0x81, 0, (i + 1) >> 8, i + 1, 8, 0 };
        routes[i].network = 10u << 24 | i << 8;
        memcpy(routes[i].link, link, LINK_BYTES);
    }
}

static void make_frames(void)
{
    for (int i = 0; i < FRAMES; i++) {
        int route = i * 333 % ROUTES;
        const uint8_t headers[] = {
            2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, /* Ethernet */
            0x45, 0, 0, NETWORK_BYTES, i >> 8, i, 0x40, 0, 2 + i % 60, 17, 0, 0, /* IPv4 */
            192, 0, 2, 1, 10, route >> 8, route, i,
            0x13, 0x88, 0x13, 0x89, 0, NETWORK_BYTES - 20, 0, 0, /* UDP */
        };
        uint8_t *frame = frames[i];
        memcpy(frame, headers, sizeof headers);
        for (size_t k = sizeof headers; k < FRAME_BYTES; k++)
            frame[k] = byte_of(i, k);
        struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(frame + RTE_ETHER_HDR_LEN);
        ip->hdr_checksum = rte_ipv4_cksum(ip);
    }
}

static inline void receive(struct rte_mbuf *packet, int number)
{
    char *room = rte_pktmbuf_append(packet, FRAME_BYTES);
    if (unlikely(room == NULL))
        fail("there was no room for a frame");
    memcpy(room, frames[number % FRAMES], FRAME_BYTES);
}

/* RFC 1624, equation 3, of the word that has the TTL in front and the protocol behind. */
static inline void decrement_ttl(struct rte_ipv4_hdr *ip)
{
    uint16_t word;
    memcpy(&word, &ip->time_to_live, sizeof word);
    uint32_t sum = (uint16_t)~ip->hdr_checksum + (uint32_t)(uint16_t)~word;
    ip->time_to_live--;
    memcpy(&word, &ip->time_to_live, sizeof word);
    sum += word;
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum += sum >> 16;
    ip->hdr_checksum = ~sum;
}

static inline void forward(struct rte_mbuf *packet, int number)
{
    if (unlikely(packet->data_len < RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr)))
        fail("a frame is too short");
    const struct rte_ether_hdr *ethernet = rte_pktmbuf_mtod(packet, const struct rte_ether_hdr *);
    struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(ethernet + 1);
    if (unlikely(ethernet->ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4) || ip->version_ihl != RTE_IPV4_VHL_DEF))
        fail("a frame is not IPv4 without options");
    unsigned total = rte_be_to_cpu_16(ip->total_length);
    if (unlikely(total < sizeof *ip || total > packet->pkt_len - RTE_ETHER_HDR_LEN))
        fail("a length is wrong");
    if (unlikely(ip->next_proto_id != IPPROTO_UDP || ip->time_to_live <= 1))
        fail("a packet is not to be forwarded");

    uint32_t destination = rte_be_to_cpu_32(ip->dst_addr);
    const struct route *route = &routes[destination >> 8 & (ROUTES - 1)];
    if (unlikely((destination & ~UINT32_C(0xFF)) != route->network))
        fail("there is no route");
    decrement_ttl(ip);

    char *link;
    if (unlikely(rte_pktmbuf_adj(packet, RTE_ETHER_HDR_LEN) == NULL
                 || (link = rte_pktmbuf_prepend(packet, LINK_BYTES)) == NULL))
        fail("there is no room for a link header");
    memcpy(link, route->link, LINK_BYTES);
    descriptors[number % RING] = (struct descriptor){ link, packet->pkt_len };
}

static inline void forward_burst(struct rte_mbuf **burst, int number)
{
    for (int k = 0; k < BURST; k++)
        forward(burst[k], number + k);
}

static inline void forward_burst_prefetched(struct rte_mbuf **burst, int number)
{
    for (int k = 0; k < AHEAD; k++)
        rte_prefetch0(rte_pktmbuf_mtod(burst[k], void *));
    for (int k = 0; k < BURST; k++) {
        if (k + AHEAD < BURST)
            rte_prefetch0(rte_pktmbuf_mtod(burst[k + AHEAD], void *));
        forward(burst[k], number + k);
    }
}

static inline void receive_burst(struct rte_mbuf **burst, int number)
{
    for (int k = 0; k < BURST; k++)
        receive(burst[k], number + k);
}

static inline void pass(int count, void (*forward_all)(struct rte_mbuf **, int))
{
    for (int i = 0; i < count; i += BURST) {
        struct rte_mbuf **burst = packets + i / BURST % PLACES * PLACE_STEP;
        if (rte_pktmbuf_alloc_bulk(pool, burst, BURST) != 0)
            fail("a burst was denied");
        receive_burst(burst, i);
        forward_all(burst, i);
        observe(descriptors);
        rte_pktmbuf_free_bulk(burst, BURST);
    }
}

static void pipeline(int count)
{
    pass(count, forward_burst);
}

static void pipeline_prefetched(int count)
{
    pass(count, forward_burst_prefetched);
}

/* What is received was posted 1,024 packets ago, and what was sent is freed 1,024 packets later. */
static inline void pass_rings(int count, void (*forward_all)(struct rte_mbuf **, int))
{
    for (int i = 0; i < count; i += BURST) {
        struct rte_mbuf **received = posted + i % RING, **done = sent + i % RING;
        rte_pktmbuf_free_bulk(done, BURST);
        memcpy(done, received, BURST * sizeof *done);
        if (rte_pktmbuf_alloc_bulk(pool, received, BURST) != 0)
            fail("a burst was denied");
        receive_burst(done, i);
        forward_all(done, i);
        observe(descriptors);
    }
}

static void pipeline_rings(int count)
{
    pass_rings(count, forward_burst);
}

static void pipeline_rings_prefetched(int count)
{
    pass_rings(count, forward_burst_prefetched);
}

/* Sends each frame once: every byte is summed up, and the IPv4 checksum must be right when it is computed from scratch. */
static void expect_sent(void)
{
    uint64_t digest = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (int i = 0; i < FRAMES; i++) {
        struct rte_mbuf *packet = allocate();
        receive(packet, i);
        forward(packet, i);
        const uint8_t *bytes = descriptors[i % RING].address;
        if (descriptors[i % RING].length != SENT_BYTES || packet->data_len != SENT_BYTES)
            fail("what is sent has the wrong length");
        if (rte_raw_cksum(bytes + LINK_BYTES, sizeof(struct rte_ipv4_hdr)) != 0xFFFF)
            fail("a checksum is wrong");
        for (int k = 0; k < SENT_BYTES; k++)
            digest = (digest ^ bytes[k]) * UINT64_C(0x100000001B3);
        rte_pktmbuf_free(packet);
    }
    if (digest != DIGEST)
        fail("what is sent differs from what the other side sends");
}

static void prepare(int number)
{
    make_pools(number);
    make_routes();
    make_frames();
    expect_sent();
}

static void prepare_rings(int number)
{
    prepare(number);
    if (rte_pktmbuf_alloc_bulk(pool, posted, RING) != 0 || rte_pktmbuf_alloc_bulk(pool, sent, RING) != 0)
        fail("the packets on the way were denied");
}

const struct work pipeline_works[] = {
    { "pipeline", 0, REPETITION, prepare, { pipeline, pipeline_prefetched } },
    { "pipeline-rings", 0, REPETITION, prepare_rings, { pipeline_rings, pipeline_rings_prefetched } },
    { NULL },
};
