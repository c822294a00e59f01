using System.Buffers;
using System.Runtime.CompilerServices;

using Engine.Mbufs.Tests.Reassembly;

using Engine.Mbufs.Wire;
using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Foreign code that closes the scope whose operation has called it: that is refused where the operation has something in hand, and loses
/// nothing; where it has not, what is left is live, and the audit is in order.
/// </summary>
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ClosedInsideTests(ArenaKind kind) : MbufFixture(kind)
{
    private readonly List<Exception?> _refusals = [];

    [Test]
    public void A_free_routine([Values("free", "bulk", "drain", "trim", "make writable", "pull up")] string verb)
    {
        using MbufScope mbufs = Arena.Enter();
        var closer = new Closer(in mbufs);
        using var one = new Attachment(50) { OnRelease = () => _refusals.Add(closer.Close()) };
        using var two = new Attachment(50) { OnRelease = () => _refusals.Add(closer.Close()) };
        using MbufChain packet = one.Attach(mbufs, MbufFlags.ReadOnly);
        packet.Append(two.Attach(mbufs, MbufFlags.ReadOnly));
        packet.Append(Packet(mbufs, Pattern(100)));
        switch (verb)
        {
            case "free":
                packet.Free();
                break;
            case "bulk":
                mbufs.Free([packet.Detach()]);
                break;
            case "drain":
                var queue = new MbufQueue(Arena);
                queue.TryEnqueue(packet);
                queue.Drain(mbufs);
                break;
            case "trim":
                packet.TrimStart(150);
                break;
            case "make writable":
                Assert.That(packet.TryMakeWritable(0, 100));
                break;
            default:
                Assert.That(packet.TryPullUp(150, out _));
                break;
        }

        AreRefused(mbufs, calls: 2);
    }

    [Test]
    public void A_callback_and_a_handler()
    {
        MbufArena arena = NewArena(mbufs: 16, clusters: 4);
        using MbufScope mbufs = arena.Enter();
        var closer = new Closer(in mbufs);
        using IDisposable registration = arena.RegisterReclaim(() => _refusals.Add(closer.Close()));
        arena.LimitReached += (_, _) => _refusals.Add(closer.Close());

        using MbufChain tooMuch = mbufs.AllocatePacket(3 * 2048);
        using MbufChain packet = Packet(mbufs, Pattern(100));
        using MbufChain more = mbufs.AllocatePacket(2 * 2048);
        Assert.That((tooMuch.IsNull, more.IsNull), Is.EqualTo((false, true)));

        AreRefused(mbufs, calls: 2);
    }

    [Test]
    public void A_callback_that_makes_memory_free_for_a_packet_that_is_cut()
    {
        using MbufScope mbufs = Arena.Enter();
        var closer = new Closer(in mbufs);
        MbufChain packet = Build(mbufs, Offload.Packets.IPv4(Pattern(1000)), Segment.Shared(1020));
        var queue = new MbufQueue(Arena);
        Hoard hoard = Hoard.OfEverythingBut(mbufs, plain: 2);
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            _refusals.Add(closer.Close());
            using MbufScope own = Arena.Enter();
            hoard.Release(own);
        });

        Assert.That(packet.FragmentInto(300, queue), Is.EqualTo(MbufOffloadStatus.Done));

        AreRefused(mbufs, calls: 1);
        queue.Drain(mbufs);
    }

    [Test]
    public void A_source_that_goes_on_makes_its_packet()
    {
        using MbufScope mbufs = Arena.Enter();
        var source = new Source(mbufs, _refusals);
        using MbufChain packet = mbufs.AllocatePacketFrom(ref source, 3000, 0, 0);

        ChainAssert.Holds(packet, new byte[3000]);
        AreRefused(mbufs, calls: packet.SegmentCount);
    }

    [Test]
    public void Memory_that_a_sequence_is_made_of()
    {
        using MbufScope mbufs = Arena.Enter();
        var closer = new Closer(in mbufs);
        var sequence = new ReadOnlySequence<byte>(new Manager(() => _refusals.Add(closer.Close())).Memory);
        using MbufChain packet = mbufs.AllocatePacketFrom(ref sequence, MbufSizes.CopyAll, 0);

        Assert.That((packet.Length, _refusals.Count), Is.EqualTo((Manager.Size, 1)));
        AreRefused(mbufs, calls: 1);
    }

    /// <summary>The outer operation has something in hand, though the one that the code is called by has not.</summary>
    [Test]
    public void A_visitor_inside_a_source()
    {
        using MbufScope mbufs = Arena.Enter();
        var source = new Source(mbufs, _refusals) { Visits = true };
        using MbufChain packet = mbufs.AllocatePacketFrom(ref source, 100, 0, 0);

        ChainAssert.Holds(packet, new byte[100]);
        AreRefused(mbufs, calls: 1);
    }

    /// <summary>An inner scope is the foreign code's own, and so is one of another arena.</summary>
    [Test]
    public void Scopes_that_foreign_code_has_entered_itself_are_closed()
    {
        MbufArena other = NewArena(mbufs: 8);
        using MbufCache cache = Arena.CreateCache();
        using MbufScope mbufs = Arena.Enter();
        int closed = 0;
        using var attachment = new Attachment(50)
        {
            OnRelease = () =>
            {
                using MbufScope inner = Arena.Enter();
                using MbufScope third = Arena.Enter();
                using MbufScope ofOther = other.Enter();
                using MbufScope ofCache = cache.Enter();
                ofCache.Dispose();
                third.Dispose();
                ofOther.Dispose();
                inner.Dispose();
                closed++;
            },
        };
        attachment.Attach(mbufs).Free();

        Assert.That(closed, Is.EqualTo(1));
        AreRefused(mbufs, calls: 0);
    }

    /// <summary>What throws is no longer inside: the scope is closed afterwards as ever.</summary>
    [Test]
    public void The_scope_is_closed_after_foreign_code_has_thrown([Values("routine", "source", "callback")] string code)
    {
        using (MbufScope mbufs = Arena.Enter())
        {
            Expect.Throws<TimeZoneNotFoundException>(mbufs, scope => Throw(scope, code));
        }

        Assert.That(() => Arena.Audit().ThrowIfInconsistent(), Throws.Nothing, "No scope is open.");
    }

    /// <summary>They are called by an operation that has nothing in hand: its packet is left live, whole, and without an owner.</summary>
    [Test]
    public void A_visitor_and_a_transformer_leave_the_packet_live([Values] bool writes)
    {
        MbufScope mbufs = Arena.Enter();
        MbufChain packet = Build(mbufs, Pattern(300), Segment.Shared(100), Segment.Cluster(100), Segment.ReadOnly(100));
        Mbuf handle = HandleOf(packet);
        int before = Arena.LiveMbufs;
        Assert.That(Visit(mbufs, packet, writes), Is.InstanceOf<ObjectDisposedException>());

        MbufAudit audit = Arena.Audit();
        audit.ThrowIfInconsistent();
        Assert.That((audit.LiveMbufs, Arena.StateOf(handle)), Is.EqualTo((before, MbufState.Live)));
        using MbufScope next = Arena.Enter();
        using MbufChain again = next.Open(handle);
        Assert.That(again.Length, Is.EqualTo(300));
    }

    [Test]
    public void The_clock_of_a_reassembler([Values] bool expires)
    {
        MbufScope mbufs = Arena.Enter();
        var clock = new Clock();
        using var reassembler = new MbufReassembler(Arena, new MbufReassemblerOptions { TimeProvider = clock });
        MbufChain fragment = Packet(mbufs, FragmentBytes.IPv4(FragmentBytes.Whole(isIPv6: false, 400), 0, 200, more: true));
        Mbuf handle = HandleOf(fragment);
        var closer = new Closer(in mbufs);
        clock.OnAsked = () => _refusals.Add(closer.Close());
        Exception? thrown = null;
        try
        {
            _ = expires ? reassembler.Expire(mbufs) : (int)reassembler.Add(mbufs, fragment, out _);
        }
        catch (ObjectDisposedException exception)
        {
            thrown = exception;
        }

        clock.OnAsked = null;
        Assert.That((thrown?.GetType(), reassembler.GetStatistics().HeldPackets), Is.EqualTo((typeof(ObjectDisposedException), 0)));
        Assert.That(_refusals, Is.EqualTo(new Exception?[] { null }), "Nothing was in hand.");
        using MbufScope next = Arena.Enter();
        next.Free([handle]);
        Assert.That(reassembler.Expire(next), Is.Zero, "It is not in use.");
    }

    [SetUp]
    public void Forget_refusals() => _refusals.Clear();

    private void AreRefused(in MbufScope mbufs, int calls)
    {
        Assert.That(_refusals, Has.Count.EqualTo(calls).And.All.TypeOf<InvalidOperationException>());
        Assert.That(_refusals, Has.All.Message.Contain("stays open"));
        using MbufChain chain = mbufs.AllocatePacketWithoutCluster();
        Assert.That(chain.IsNull, Is.False, "The scope is open, and the arena has memory.");
    }

    private void Throw(in MbufScope mbufs, string code)
    {
        using IDisposable registration = Arena.RegisterReclaim(static () => throw new TimeZoneNotFoundException());
        switch (code)
        {
            case "routine":
                using (var attachment = new Attachment(50) { OnRelease = static () => throw new TimeZoneNotFoundException() })
                {
                    attachment.Attach(mbufs).Free();
                }

                break;
            case "source":
                var source = new Source(mbufs, _refusals) { Throws = true };
                mbufs.AllocatePacketFrom(ref source, 3000, 0, 0);
                break;
            default:
                Hoard.OfEverything(mbufs).Release(mbufs);
                throw new TimeZoneNotFoundException(); // What a callback throws is the event's, and nobody else's.
        }
    }

    private static ObjectDisposedException? Visit(MbufScope mbufs, MbufChain packet, bool writes)
    {
        var visitor = new Visitor(mbufs);
        try
        {
            _ = writes ? packet.TryTransform(0, 300, ref visitor, out _) : packet.TryVisit(0, 300, ref visitor, out _);
            return null;
        }
        catch (ObjectDisposedException exception)
        {
            return exception;
        }
    }

    /// <summary>Closes a scope where safe code could not have it.</summary>
    private sealed unsafe class Closer(in MbufScope mbufs)
    {
        private readonly void* _scope = Unsafe.AsPointer(in mbufs);

        public Exception? Close() => Thrown.By(Unsafe.AsRef<MbufScope>(_scope), static (in mbufs) => mbufs.Dispose());
    }

    private readonly ref struct Source(MbufScope mbufs, List<Exception?> refusals) : IMbufSource
    {
        private readonly MbufScope _mbufs = mbufs;

        public bool Throws { get; init; }

        public bool Visits { get; init; }

        public void CopyTo(int offset, scoped Span<byte> destination)
        {
            destination.Clear();
            if (Throws)
            {
                throw new TimeZoneNotFoundException();
            }

            if (Visits)
            {
                using MbufChain other = Packet(_mbufs, [1]);
                scoped var visitor = new Visitor(_mbufs);
                try
                {
                    other.TryVisit(0, 1, ref visitor, out _);
                }
                catch (InvalidOperationException exception)
                {
                    refusals.Add(exception);
                }

                return;
            }

            refusals.Add(Thrown.By(_mbufs, static (in mbufs) => mbufs.Dispose()));
        }
    }

    private readonly ref struct Visitor(MbufScope mbufs) : IMbufVisitor, IMbufTransformer
    {
        private readonly MbufScope _mbufs = mbufs;

        public int Visit(scoped ReadOnlySpan<byte> bytes)
        {
            _mbufs.Dispose();
            return 0;
        }

        public int Transform(scoped Span<byte> bytes)
        {
            _mbufs.Dispose();
            return 0;
        }
    }

    private sealed class Clock : TimeProvider
    {
        public Action? OnAsked { get; set; }

        public override long GetTimestamp()
        {
            OnAsked?.Invoke();
            return base.GetTimestamp();
        }
    }

    private sealed class Manager(Action asked) : MemoryManager<byte>
    {
        public const int Size = 100;

        private readonly byte[] _bytes = new byte[Size];
        private bool _wasAsked;

        public override Memory<byte> Memory => CreateMemory(Size);

        public override Span<byte> GetSpan()
        {
            if (!_wasAsked)
            {
                _wasAsked = true;
                asked();
            }

            return _bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
