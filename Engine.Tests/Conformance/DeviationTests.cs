using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>A deviation is granted where it is described, and nowhere else.</summary>
public sealed class DeviationTests
{
    private const string Nothing = "cbf29ce484222325";

    [Test]
    public void A_chain_that_the_reference_frees_is_freed()
        => AssertRuns(
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 10 1", $"ret=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("m_pullup r0 11", "ret=null ; r0=null"),
            ("end", "mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));

    [Test]
    public void Success_without_memory_where_the_reference_needs_some_counts_as_its_failure()
        => AssertRuns(
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 10 1", $"ret=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("nomem 1", ""),
            ("m_pullup r0 10", $"ret=ok contig=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("m_pullup r0 10", "ret=null ; r0=null"),
            ("nomem 0", ""),
            ("end", "mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));

    [Test]
    public void Success_with_memory_is_success()
    {
        TraceFailure? failure = Run(
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 10 1", $"ret=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("m_pullup r0 10", "ret=null ; r0=null"));

        Assert.That(failure?.Came, Is.EqualTo($"3 m_pullup ret=ok contig=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"));
    }

    [Test]
    public void A_split_that_needs_no_memory_is_taken_back_where_the_reference_needs_some()
        => AssertRuns(
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 10 1", $"ret=1 ; r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("m_get r1 MT_DATA", $"ret=ok ; r1=len:0,pkt:-,fnv:{Nothing}"),
            ("m_cat r0 r1", $"; r0=len:10,pkt:10,fnv:{Hash(10)} r1=null"),
            ("nomem 1", ""),
            ("m_split r1 r0 10", $"ret=null ; r1=null r0=len:10,pkt:10,fnv:{Hash(10)}"),
            ("nomem 0", ""),
            ("m_freem r0", "; r0=null"),
            ("end", "mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));

    [Test]
    public void What_fits_is_stored()
    {
        string before = Hash(2000);
        string after = TracePayload.Hash([.. TracePayload.Pattern(1, 2000), .. TracePayload.Pattern(2, 48)]);
        AssertRuns(
            ("m_getcl r0 MT_DATA 1", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 2000 1", $"ret=1 ; r0=len:2000,pkt:2000,fnv:{before}"),
            ("nomem 1", ""),
            ("m_append r0 100 2", $"ret=0 ; r0=len:2048,pkt:2048,fnv:{after}"),
            ("nomem 0", ""),
            ("m_adj r0 -48", $"; r0=len:2000,pkt:2000,fnv:{before}"),
            ("nomem 1", ""),
            ("m_copyback r0 2001 100 2", $"; r0=len:2000,pkt:2000,fnv:{before}"),
            ("m_copyback r0 2000 100 2", $"; r0=len:2048,pkt:2048,fnv:{after}"),
            ("m_freem r0", "; r0=null"),
            ("end", "mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));
    }

    [Test]
    public void More_than_a_cluster_in_one_piece_is_freed()
        => AssertRuns(
            ("m_getjcl r0 MT_DATA 1 4096", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("m_append r0 3000 1", $"ret=1 ; r0=len:3000,pkt:3000,fnv:{Hash(3000)}"),
            ("m_pulldown r0 0 2048 1", $"ret=ok at=0 contig=1 dfnv={Hash(2048)} ; r0=len:3000,pkt:3000,fnv:{Hash(3000)}"),
            ("m_pulldown r0 0 2049 1", "ret=null ; r0=null"),
            ("end", "mbufs=0 clusters=0 tags=0 ext_calls=0 ext_live=0 ext_bad=0"));

    [Test]
    public void Other_operations_have_no_excuse()
    {
        TraceFailure? failure = Run(
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"),
            ("nomem 1", ""),
            ("m_adj r0 0", "ret=null ; r0=null"));
        Assert.That(failure?.Came, Is.EqualTo($"3 m_adj ; r0=len:0,pkt:0,fnv:{Nothing}"));

        failure = Run(
            ("nomem 1", ""),
            ("m_gethdr r0 MT_DATA", $"ret=ok ; r0=len:0,pkt:0,fnv:{Nothing}"));
        Assert.That(failure?.Came, Is.EqualTo("2 m_gethdr ret=null ; r0=null"));
    }

    private static string Hash(int length) => TracePayload.Hash(TracePayload.Pattern(1, length));

    private static void AssertRuns(params (string Operation, string Result)[] lines)
    {
        TraceFailure? failure = Run(lines);
        Assert.That(failure, Is.Null, failure?.ToString());
    }

    /// <summary>The number and the name of the operation are put before each result.</summary>
    private static TraceFailure? Run(params (string Operation, string Result)[] lines)
    {
        IEnumerable<string> expected = lines.Select(static (line, place) =>
            $"{place + 1} {line.Operation.Split(' ')[0]} {line.Result}".TrimEnd());
        string trace = string.Join('\n', lines.Select(static line => line.Operation));
        return TraceRunner.Run(TraceFile.Parse("the trace", trace, string.Join('\n', expected)), isChecked: false);
    }
}
