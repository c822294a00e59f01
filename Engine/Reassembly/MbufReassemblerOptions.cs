namespace Engine.Mbufs.Wire;

/// <summary>
/// The limits and settings of an <see cref="MbufReassembler"/>. Its tables are made for them once and never grow. Validated by
/// its constructor.
/// </summary>
public sealed class MbufReassemblerOptions
{
    /// <summary>
    /// Most packets of which fragments are held, or which are remembered because they were dropped; 1 to 1,048,576, about 200
    /// bytes each. Default 1,024. When there are so many, or so many mbufs, the oldest goes that has waited for a second; else
    /// the oldest of the source that holds the most, where all are equal that hold one in 128, or less.
    /// </summary>
    public int MaximumPackets { get; set; } = 1_024;

    /// <summary>
    /// Most of these of one source: an IPv4 address, or the first 64 bits of an IPv6 address. 1 or more; beyond
    /// <see cref="MaximumPackets"/> without effect. Default 64.
    /// </summary>
    public int MaximumPacketsPerSource { get; set; } = 64;

    /// <summary>
    /// Most mbufs of all fragments that are held, 1 to 16,777,214; 24 bytes each. Each may have a cluster, whatever its bytes;
    /// tags are not counted. Default 8,192: a quarter of the clusters that an arena has by default. Choose fewer for a smaller
    /// arena, or strangers can take all that it has.
    /// </summary>
    public int MaximumMbufs { get; set; } = 8_192;

    /// <summary>
    /// Most of these of one source; 1 or more, beyond <see cref="MaximumMbufs"/> without effect. Default 1,024.
    /// </summary>
    public int MaximumMbufsPerSource { get; set; } = 1_024;

    /// <summary>
    /// Most fragments of one packet, 2 to 8,192, where 8,192 is no limit. Default 64: 64 KiB in fragments of 1,280 bytes, which
    /// is what IPv6 promises, are 54.
    /// </summary>
    public int MaximumFragmentsPerPacket { get; set; } = 64;

    /// <summary>
    /// Bytes of payload that every fragment but the last has at least, 8 to 65,528. Default 8, which is no limit, since RFC 8200
    /// allows it; more is a defence against packets in many small pieces.
    /// </summary>
    public int MinimumFragmentLength { get; set; } = 8;

    /// <summary>
    /// Lets fragments through that hide headers from filters: first ones without the whole transport header, and second ones
    /// inside a TCP header (RFC 1858, RFC 3128). Where a link's MTU is too small for headers. IPv6 extension headers that the
    /// first fragment does not hold (RFC 7112) are never let through. Default false.
    /// </summary>
    public bool AllowTinyFragments { get; set; }

    /// <summary>
    /// How long fragments of an IPv4 packet are held after the first that came, 1 ms to 1 day. Default 30 s, as today's hosts
    /// have it: RFC 1122, section 3.3.2, recommends 60 to 120 s, in which the 16 bits of an identification come round many
    /// times (RFC 4963).
    /// </summary>
    public TimeSpan IPv4Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long fragments of an IPv6 packet are held after the first that came, 1 ms to 1 day. Default 60 s (RFC 8200, section
    /// 4.5).
    /// </summary>
    public TimeSpan IPv6Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Where the first fragments of packets go whose time was over, so that their senders can be told (RFC 792 and RFC 4443,
    /// Time Exceeded): as they came, but for padding behind them. What the queue does not take is freed. Null, the default, for
    /// nowhere.
    /// </summary>
    public MbufQueue? TimedOut { get; set; }

    /// <summary>What measures the timeouts. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Throws for what is out of its range, and says all of it.</summary>
    internal void Validate()
    {
        var faults = new OptionFaults(nameof(MbufReassemblerOptions));
        faults.Check(nameof(MaximumPackets), MaximumPackets, 1, 1 << 20);
        faults.Check(nameof(MaximumPacketsPerSource), MaximumPacketsPerSource, 1, int.MaxValue);
        faults.Check(nameof(MaximumMbufs), MaximumMbufs, 1, (1 << Mbuf.IndexBits) - 2);
        faults.Check(nameof(MaximumMbufsPerSource), MaximumMbufsPerSource, 1, int.MaxValue);
        faults.Check(nameof(MaximumFragmentsPerPacket), MaximumFragmentsPerPacket, 2, 8_192);
        faults.Check(nameof(MinimumFragmentLength), MinimumFragmentLength, 8, 65_528);
        CheckTimeout(faults, nameof(IPv4Timeout), IPv4Timeout);
        CheckTimeout(faults, nameof(IPv6Timeout), IPv6Timeout);
        faults.CheckNotNull(nameof(TimeProvider), TimeProvider);
        faults.ThrowIfAny();
    }

    private static void CheckTimeout(OptionFaults faults, string option, TimeSpan value)
        => faults.Check(option, value, value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1), "1 ms to 1 day");
}
