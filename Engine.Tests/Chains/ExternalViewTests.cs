using NUnit.Framework;

namespace Engine.Mbufs.Tests.Chains;

/// <summary>Views of packets over attached memory: who writes there, and when its routine is called.</summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ExternalViewTests(ArenaKind kind) : MbufFixture(kind)
{
    private delegate bool Use(MbufChain packet);

    private static readonly Use[] s_emptying =
    [
        static packet => packet.TryPullDown(0, 150, out ReadOnlySpan<byte> _),
        static packet => packet.TryPullDown(0, 150, out MbufPosition _),
        static packet => packet.TryPullDownToSegment(0, 400, out _),
        static packet => packet.TryCopyUp(100, 10, out _),
        static packet => packet.TryCopyUp(400, 0, out _),
    ];

    [Test]
    public void A_verb_that_empties_it_calls_the_routine_once_at_its_end([ValueSource(nameof(s_emptying))] object use)
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        Pattern(100).CopyTo(memory.Bytes);
        packet.Append(Build(mbufs, Pattern(300), Segment.Shared(300)));

        Assert.That(((Use)use)(packet));
        Assert.That((memory.Calls, memory.Wrong), Is.EqualTo((1, 0)));
        Assert.That(memory.Bytes.SequenceEqual(Pattern(100)), "The attached memory was not written.");
        ChainAssert.Holds(packet, [.. Pattern(100), .. Pattern(300)]);
    }

    [Test]
    public void A_cut_shares_it_and_the_routine_is_called_when_both_parts_are_gone()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs);
        Pattern(100).CopyTo(memory.Bytes);

        Assert.That(packet.TryPullDownToSegment(40, 20, out MbufPosition segment));
        Assert.That((segment.ReferenceCount, segment.IsWritable), Is.EqualTo((2, false)));
        ChainAssert.Holds(packet, Pattern(100));
        packet.TrimStart(40);
        Assert.That((packet.IsWritable, memory.Calls), Is.EqualTo((true, 0)));
        packet.Free();
        Assert.That(memory.Calls, Is.EqualTo(1));
    }

    [Test]
    public void A_transformation_of_read_only_memory_writes_a_copy([Values] bool throws)
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        Pattern(100).CopyTo(memory.Bytes);
        var eraser = new Eraser { Throws = throws };
        bool thrown = false;
        try
        {
            Assert.That(packet.TryTransform(10, 10, ref eraser, out _));
        }
        catch (InvalidTimeZoneException)
        {
            thrown = true;
        }

        Assert.That(thrown, Is.EqualTo(throws));
        Assert.That(memory.Calls, Is.EqualTo(1), "Whatever the transformer does.");
        Assert.That(memory.Bytes.SequenceEqual(Pattern(100)));
        ChainAssert.Holds(packet, throws ? Pattern(100) : [.. Pattern(100).AsSpan(0, 10), .. new byte[10], .. Pattern(100).AsSpan(20)]);
    }

    [Test]
    public void A_writer_writes_a_copy_of_read_only_memory()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs, MbufFlags.ReadOnly);
        Pattern(100).CopyTo(memory.Bytes);
        MbufWriter writer = packet.GetWriter();

        Assert.That(writer.TryWriteByte(1));
        Assert.That(memory.Calls, Is.EqualTo(1));
        ChainAssert.Holds(packet, [1, .. Pattern(100).AsSpan(1)]);
    }

    [Test]
    public void A_position_in_it_knows_its_space()
    {
        using var memory = new Attachment(100);
        using MbufScope mbufs = Arena.Enter();
        using MbufChain packet = memory.Attach(mbufs);
        packet.TrimStart(30);
        packet.TrimEnd(20);

        MbufPosition start = packet.Start;
        Assert.That((start.Headroom, start.Tailroom, start.ReferenceCount), Is.EqualTo((30, 20, 1)));
        Assert.That(start.Flags & MbufFlags.External, Is.EqualTo(MbufFlags.External));
    }

    private struct Eraser : IMbufTransformer
    {
        public bool Throws { get; init; }

        public readonly int Transform(scoped Span<byte> bytes)
        {
            if (Throws)
            {
                throw new InvalidTimeZoneException();
            }

            bytes.Clear();
            return 0;
        }
    }
}
