using Engine.Mbufs.Wire;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>No bytes are anywhere in a chain, its end included, in every verb; and behind the end nothing is.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ZeroBytesTests(ArenaKind kind) : MbufFixture(kind)
{
    private delegate bool Ask(MbufChain chain, int offset);

    public static IEnumerable<TestCaseData> Verbs =>
    [
        Verb("TryGetPosition", static (chain, offset) => chain.TryGetPosition(offset, out _)),
        Verb("TryPullDown", static (chain, offset) => chain.TryPullDown(offset, 0, out ReadOnlySpan<byte> view) && view.IsEmpty),
        Verb("TryPullDown to a position", static (chain, offset) => chain.TryPullDown(offset, 0, out MbufPosition place) && place.Offset == offset),
        Verb("TryPullDownToSegment", static (chain, offset) => chain.TryPullDownToSegment(offset, 0, out MbufPosition place) && place.Offset == offset),
        Verb("TryShare", static (chain, offset) => Freed(chain.TryShare(offset, 0, out MbufChain copy), copy)),
        Verb("TryMakeWritable", static (chain, offset) => chain.TryMakeWritable(offset, 0)),
        Verb("TryCopyTo", static (chain, offset) => chain.TryCopyTo(offset, [])),
        Verb("TryComputeChecksum", static (chain, offset) => chain.TryComputeChecksum(offset, 0, out ushort sum) && sum == 0xFFFF),
        Verb("TryVisit", static (chain, offset) => Applied(chain, offset)),
        Verb("TrySeek of a reader", static (chain, offset) => chain.GetReader().TrySeek(offset)),
        Verb("TrySeek of a writer", static (chain, offset) => chain.GetWriter().TrySeek(offset)),
        Verb("TrySplit", static (chain, offset) => Joined(chain, offset)),
    ];

    [TestCaseSource(nameof(Verbs))]
    public void No_bytes_are_found_everywhere(object verb)
    {
        var ask = (Ask)verb;
        Segment[][] layouts =
        [
            [Segment.Empty], [Segment.EmptyCluster, Segment.Empty], [Segment.Internal(10)], [Segment.Internal(4), Segment.Cluster(6)],
            [Segment.Empty, Segment.Shared(10)], [Segment.Internal(4), Segment.Empty, Segment.ReadOnly(6), Segment.Empty],
        ];
        foreach (Segment[] layout in layouts)
        {
            using MbufScope mbufs = Arena.Enter();
            byte[] bytes = Pattern(layout.Sum(static segment => segment.Length));
            for (int offset = 0; offset <= bytes.Length; offset++)
            {
                using MbufChain packet = Build(mbufs, bytes, layout);
                Assert.That(ask(packet, offset), $"At byte {offset} of {bytes.Length}.");
                ChainAssert.Holds(packet, bytes);
                FreePartners(mbufs);
            }

            using MbufChain shorter = Build(mbufs, bytes, layout);
            Assert.That(ask(shorter, bytes.Length + 1), Is.False, "Behind the end.");
            FreePartners(mbufs);
        }
    }

    [Test]
    public void No_bytes_are_pulled_up_read_written_and_gone_over_in_an_empty_chain()
    {
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = mbufs.AllocatePacket();
        MbufReader reader = packet.GetReader();
        MbufWriter writer = packet.GetWriter();

        Assert.That(packet.TryPullUp(0, out ReadOnlySpan<byte> view) && view.IsEmpty && packet.TryPullUp(1, out _) is false);
        Assert.That(reader.TryAdvance(0) && reader.TryRead([]) && reader.TryPeek([]) && !reader.TryAdvance(1) && !reader.TryReadByte(out _));
        Assert.That(writer.TryAdvance(0) && writer.TryWrite([]) && !writer.TryAdvance(1));
        Assert.That(packet.TryAppend([]) && packet.TryCopyFrom(0, []) && packet.TrimStart(0) == 0 && packet.TrimEnd(0) == 0);
        Assert.That(packet.CopyTo([new byte[4]], 0), Is.Zero);
        ChainAssert.Holds(packet, []);
    }

    private static TestCaseData Verb(string name, Ask ask) => new TestCaseData(ask).SetArgDisplayNames(name);

    private static bool Freed(bool done, MbufChain copy)
    {
        Assert.That(copy.IsNull || copy.IsEmpty);
        copy.Dispose();
        return done;
    }

    private static bool Applied(MbufChain chain, int offset)
    {
        var visitor = default(Counter);
        var transformer = default(Counter);
        bool done = chain.TryVisit(offset, 0, ref visitor, out _);
        Assert.That(chain.TryTransform(offset, 0, ref transformer, out _), Is.EqualTo(done));
        Assert.That((visitor.Calls, transformer.Calls), Is.EqualTo((0, 0)));
        return done;
    }

    private static bool Joined(MbufChain chain, int offset)
    {
        if (!chain.TrySplit(offset, out MbufChain rest))
        {
            return false;
        }

        if (!rest.IsNull)
        {
            chain.Append(rest);
        }

        return true;
    }

    private struct Counter : IMbufVisitor, IMbufTransformer
    {
        public int Calls { get; private set; }

        public int Visit(scoped ReadOnlySpan<byte> bytes) => Calls++;

        public int Transform(scoped Span<byte> bytes) => Calls++;
    }
}
