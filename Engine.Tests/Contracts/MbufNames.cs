namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The names of mbuf(9), of mbuf_tags(9), and of what today's BSDs have beyond them that has a place here.</summary>
internal static class MbufNames
{
    private const string Names = """
        M_NOWAIT M_DONTWAIT M_WAITOK M_WAIT M_TRYWAIT
        MGET MGETHDR MCLGET MEXTADD MEXTFREE MFREE MCHTYPE
        mtod M_ALIGN MH_ALIGN m_align M_LEADINGSPACE M_TRAILINGSPACE M_PREPEND m_prepend M_MOVE_PKTHDR m_move_pkthdr M_WRITABLE
        m_get m_gethdr m_getcl m_getclr m_getm m_getm2 m_get2 m_getjcl m_clget m_cljget m_devget m_uiotombuf m_free m_freem m_extadd
        m_adj m_append m_copyup m_pullup m_pulldown m_copym m_copypacket m_dup m_copydata m_copyback m_cat m_catpkt m_fixhdr m_length
        m_split m_apply m_getptr m_defrag m_collapse m_unshare m_makewritable m_fragment m_dup_pkthdr m_demote m_demote_pkthdr
        m_clrprotoflags m_sanity m_print m_mbuftouio m_chtype m_reclaim in_cksum in_cksum_skip in_delayed_cksum
        m_next m_nextpkt m_data m_len m_type m_flags m_dat m_pktdat m_pkthdr m_ext
        m_pkthdr.rcvif m_pkthdr.len m_pkthdr.csum_flags m_pkthdr.csum_data m_pkthdr.tags flowid rsstype ether_vtag fibnum tso_segsz
        l2hlen l3hlen l4hlen l5hlen rcv_tstmp
        ext_buf ext_free ext_args ext_arg1 ext_arg2 ext_size ext_type ref_cnt ext_cnt
        EXT_CLUSTER EXT_PACKET EXT_JUMBOP EXT_JUMBO9 EXT_JUMBO16 EXT_NET_DRV EXT_MOD_TYPE EXT_DISPOSABLE EXT_EXTREF EXT_SFBUF
        M_EXT M_PKTHDR M_EOR M_RDONLY M_PROTO1 M_PROTO2 M_PROTO3 M_PROTO4 M_PROTO5 M_PROTO6 M_BCAST M_MCAST
        M_FRAG M_FIRSTFRAG M_LASTFRAG M_FREELIST M_PROMISC M_VLANTAG
        MT_DATA MT_HEADER MT_SONAME MT_CONTROL MT_OOBDATA
        MSIZE MLEN MHLEN MCLBYTES MINCLSIZE M_COPYALL MJUMPAGESIZE MJUM9BYTES MJUM16BYTES
        m_tag_alloc m_tag_get m_tag_free m_tag_prepend m_tag_first m_tag_next m_tag_locate m_tag_find m_tag_unlink m_tag_delete
        m_tag_delete_chain m_tag_delete_nonpersistent m_tag_copy m_tag_copy_chain m_tag_init m_tag_cookie m_tag_id m_tag_len
        MTAG_PERSISTENT MTAG_ABI_COMPAT
        CSUM_IP CSUM_TCP CSUM_UDP CSUM_SCTP CSUM_TSO CSUM_IP_FRAGS CSUM_FRAGMENT CSUM_DELAY_DATA CSUM_DELAY_IP
        CSUM_IP_CHECKED CSUM_IP_VALID CSUM_DATA_VALID CSUM_PSEUDO_HDR CSUM_IP6_TCP CSUM_IP6_UDP CSUM_IP6_SCTP
        mbufq_init mbufq_enqueue mbufq_dequeue mbufq_prepend mbufq_concat mbufq_first mbufq_last mbufq_len mbufq_full mbufq_drain
        kern.ipc.nmbufs kern.ipc.nmbclusters kern.ipc.nmbjumbop kern.ipc.nmbjumbo9 kern.ipc.nmbjumbo16
        MBUF_STRESS_TEST net.inet.ip.mbuf_frag_size kern.ipc.m_defragrandomfailures
        """;

    public static IReadOnlyList<string> All { get; } = Names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
