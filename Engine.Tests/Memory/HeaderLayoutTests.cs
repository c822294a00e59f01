using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>The header is one cache line, measured by taking addresses.</summary>
public sealed class HeaderLayoutTests
{
    private delegate ref T FieldOf<T>(ref MbufHeader header);

    [Test]
    public void A_header_is_one_cache_line()
    {
        Assert.That(Unsafe.SizeOf<MbufHeader>(), Is.EqualTo(64));
        Assert.That(MbufSizes.HeaderSize, Is.EqualTo(64));
        Assert.That(RuntimeHelpers.IsReferenceOrContainsReferences<MbufHeader>(), Is.False);
    }

    [Test]
    public void So_are_its_cold_half_and_the_record_of_external_storage()
    {
        Assert.That((Unsafe.SizeOf<ColdHeader>(), Unsafe.SizeOf<ExternalRecord>()), Is.EqualTo((64, 64)));
        Assert.That(Marshal.OffsetOf<ExternalRecord>(nameof(ExternalRecord.Count)), Is.EqualTo((nint)0), "Where every storage has its count.");
        Assert.That(RuntimeHelpers.IsReferenceOrContainsReferences<ExternalRecord>(), Is.False);
    }

    [Test]
    public void Every_field_is_where_the_budget_puts_it()
    {
        AssertAt(0, static (ref header) => ref header.Next);
        AssertAt(4, static (ref header) => ref header.NextPacket);
        AssertAt(4, static (ref header) => ref header.Moves);
        AssertAt(8, static (ref header) => ref header.Data);
        AssertAt(16, static (ref header) => ref header.Storage);
        AssertAt(20, static (ref header) => ref header.Tail);
        AssertAt(24, static (ref header) => ref header.Segments);
        AssertAt(28, static (ref header) => ref header.Generation);
        AssertAt(32, static (ref header) => ref header.Flags);
        AssertAt(36, static (ref header) => ref header.Type);
        AssertAt(37, static (ref header) => ref header.Kind);
        AssertAt(38, static (ref header) => ref header.ReceiveInterface);
        AssertAt(40, static (ref header) => ref header.SegmentLength);
        AssertAt(44, static (ref header) => ref header.PacketLength);
        AssertAt(48, static (ref header) => ref header.ChainLength);
        AssertAt(52, static (ref header) => ref header.ChecksumFlags);
        AssertAt(56, static (ref header) => ref header.ChecksumData);
        AssertAt(60, static (ref header) => ref header.FlowId);
    }

    [Test]
    public void The_fields_fill_the_line_and_none_overlaps_another()
    {
        IEnumerable<FieldInfo> fields = typeof(MbufHeader).GetFields()
            .Where(static field => !field.IsStatic && field.Name is not nameof(MbufHeader.Labels) and not nameof(MbufHeader.Moves)); // Others by other names.
        int bytes = fields.Sum(static field => field.FieldType switch
        {
            { IsEnum: true } type => Marshal.SizeOf(type.GetEnumUnderlyingType()),
            var type => Marshal.SizeOf(type),
        });
        Assert.That(bytes, Is.EqualTo(64));
    }

    [Test]
    public void A_reset_pair_has_a_new_generation_and_of_the_life_before_only_its_cluster()
    {
        MbufHeader header = UsedHeader();
        header.Storage = 7;
        header.SetResetPair(unchecked(header.Generation + 1), index: 9, data: 0x1_2345_6789);
        MbufHeader expected = FreeHeader(HeaderFlags.FreePair, ZoneId.Cluster, storage: 7);

        Assert.That(BytesOf(header), Is.EqualTo(BytesOf(expected)), "The generation wrapped to 0, the rest is constant.");
    }

    [Test]
    public void A_reset_in_place_leaves_the_same_as_any_other()
    {
        MbufHeader header = UsedHeader();
        (header.Next, header.NextPacket, header.Segments, header.Kind) = (0, 0, 1, ZoneId.Cluster);
        (header.Storage, header.Tail) = (7, 9);
        header.SetResetInPlace(unchecked(header.Generation + 1), data: 0x1_2345_6789);

        Assert.That(BytesOf(header), Is.EqualTo(BytesOf(FreeHeader(HeaderFlags.FreePair, ZoneId.Cluster, storage: 7))));
    }

    [Test]
    public void A_reset_mbuf_without_cluster_has_a_new_generation_and_nothing_of_the_life_before()
    {
        MbufHeader header = UsedHeader();
        header.SetResetPlain(unchecked(header.Generation + 1), index: 9, data: 0x1_2345_6789);

        Assert.That(BytesOf(header), Is.EqualTo(BytesOf(FreeHeader(HeaderFlags.Free, ZoneId.Mbuf, storage: 9))));
    }

    [Test]
    public void The_engines_own_flags_are_out_of_the_users_reach()
    {
        uint own = HeaderFlags.Shared | HeaderFlags.Head | HeaderFlags.Free;
        uint all = Enum.GetValues<MbufFlags>().Aggregate(0u, static (sum, flag) => sum | (uint)flag);

        Assert.That(all & own, Is.Zero);
        Assert.That(HeaderFlags.Settable & own, Is.Zero);
        Assert.That(all >> 24, Is.Zero, "Public flags are in bits 0 to 23.");
    }

    /// <summary>Every bit is set, those of the generation too.</summary>
    private static MbufHeader UsedHeader()
    {
        MbufHeader header = default;
        MemoryMarshal.AsBytes(new Span<MbufHeader>(ref header)).Fill(0xFF);
        return header;
    }

    private static MbufHeader FreeHeader(uint flags, ZoneId kind, uint storage) => new()
    {
        Flags = flags,
        Type = MbufType.Data,
        Kind = kind,
        Storage = storage,
        Tail = 9,
        Data = 0x1_2345_6789,
        Segments = 1,
    };

    private static byte[] BytesOf(MbufHeader header) => MemoryMarshal.AsBytes(new ReadOnlySpan<MbufHeader>(ref header)).ToArray();

    private static void AssertAt<T>(int offset, FieldOf<T> field)
    {
        MbufHeader header = default;
        ref byte start = ref Unsafe.As<MbufHeader, byte>(ref header);
        Assert.That((int)Unsafe.ByteOffset(ref start, ref Unsafe.As<T, byte>(ref field(ref header))), Is.EqualTo(offset));
    }
}
