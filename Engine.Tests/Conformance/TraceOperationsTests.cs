using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

public sealed class TraceOperationsTests
{
    /// <summary>The operations of the description of the format, section by section.</summary>
    private static readonly string[] s_described =
    [
        "m_get", "MGET", "m_gethdr", "MGETHDR", "m_getclr", "m_getcl", "m_getjcl", "m_get2", "m_getm", "m_getm2", "MCLGET", "m_cljget",
        "MEXTADD", "m_devget", "m_uiotombuf", "m_free", "m_freem",
        "m_append", "m_append_hex", "M_PREPEND", "m_prepend", "m_adj", "m_pullup", "m_copyup", "m_pulldown", "m_copym", "m_copypacket",
        "m_dup", "m_copydata", "m_copyback", "m_copyback_hex", "m_cat", "m_catpkt", "link", "m_split", "m_apply", "m_apply_xor",
        "m_getptr", "m_defrag", "m_collapse", "m_fragment", "m_unshare", "m_demote", "m_demote_pkthdr", "m_length", "m_fixhdr",
        "m_align", "M_ALIGN", "MH_ALIGN", "M_LEADINGSPACE", "M_TRAILINGSPACE", "M_WRITABLE", "mtod", "m_sanity", "m_mbuftouio",
        "setflag", "m_clrprotoflags", "setpkthdr", "pkthdr", "m_dup_pkthdr", "m_move_pkthdr", "M_MOVE_PKTHDR", "MCHTYPE", "m_type",
        "m_tag_alloc", "m_tag_get", "m_tag_free", "m_tag_prepend", "m_tag_unlink", "m_tag_delete", "m_tag_delete_chain",
        "m_tag_delete_nonpersistent", "m_tag_locate", "m_tag_find", "m_tag_copy", "m_tag_copy_chain", "m_tag_init",
        "in_cksum", "in_cksum_skip", "in_delayed_cksum",
        "mbufq_init", "mbufq_enqueue", "mbufq_prepend", "mbufq_dequeue", "mbufq_concat", "mbufq_len", "mbufq_first", "mbufq_last",
        "mbufq_drain",
        "nomem", "extfree", "all", "end",
    ];

    [Test]
    public void Every_operation_that_the_format_describes_is_there_and_no_other()
        => Assert.That(TraceOperations.Names, Is.EquivalentTo(s_described));

    [Test]
    public void Every_deviation_says_what_the_reference_does_and_why_the_engine_does_not()
    {
        Assert.That(Deviation.All, Has.Count.EqualTo(3));
        foreach (Deviation deviation in Deviation.All)
        {
            Assert.That(deviation.Operations, Is.SubsetOf(s_described));
            Assert.That(new[] { deviation.Reference, deviation.Reason, deviation.Runner }, Is.All.Not.Empty);
        }
    }
}
