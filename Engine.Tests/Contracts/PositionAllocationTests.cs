using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Naming places and reading from them allocates no managed memory.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class PositionAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    private static readonly byte[] s_small = new byte[100];
    private static readonly byte[] s_large = new byte[5000];

    [Test]
    [Measures(typeof(MbufChain), nameof(MbufChain.Start), nameof(MbufChain.LastSegment), nameof(MbufChain.TryGetPosition))]
    [Measures(typeof(MbufPosition), nameof(MbufPosition.IsNull), nameof(MbufPosition.Offset), nameof(MbufPosition.OffsetInSegment),
        nameof(MbufPosition.Span), nameof(MbufPosition.Segment), nameof(MbufPosition.Remaining), nameof(MbufPosition.IsEnd),
        nameof(MbufPosition.IsWritable), nameof(MbufPosition.ReferenceCount), nameof(MbufPosition.Flags), nameof(MbufPosition.Type),
        nameof(MbufPosition.Headroom), nameof(MbufPosition.Tailroom), nameof(MbufPosition.TryGetWritable),
        nameof(MbufPosition.TryGetNext))]
    public void Positions_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        using MbufChain packet = mbufs.AllocatePacket();
        Must.Hold(packet.TryAppend(s_small) && packet.TryAppend(s_large));
        Must.Hold(!packet.TryGetPosition(5101, out MbufPosition none) && none.IsNull && packet.TryGetPosition(5100, out none));
        Must.Hold(packet.TryGetPosition(3000, out MbufPosition position) && position.Offset == 3000 && position.Remaining == 2100);
        Must.Hold(position.OffsetInSegment > 0 && position.Span.Length < position.Segment.Length && !position.IsEnd);
        Must.Hold(position.IsWritable && position.ReferenceCount == 1 && position.Flags == MbufFlags.External);
        position.Type = MbufType.Control;
        Must.Hold(position.Type == MbufType.Control && position.Headroom >= 0 && position.Tailroom >= 0);
        Must.Hold(position.TryGetWritable(out Span<byte> span) && !span.IsEmpty);
        int mbufsFound = 1;
        for (position = packet.Start; position.TryGetNext(out position); mbufsFound++)
        {
        }

        Must.Hold(mbufsFound == packet.SegmentCount && packet.LastSegment.Offset > 0);
    });
}
