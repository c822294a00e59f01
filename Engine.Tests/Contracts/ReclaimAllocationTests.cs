using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Callbacks, and denials that somebody listens to, cost no managed memory of the engine's.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class ReclaimAllocationTests(ArenaKind kind) : ExhaustionFixture(kind)
{
    private readonly Stack<Mbuf> _spare = new(64);
    private int _calls;

    [Test]
    public void Denials_that_somebody_listens_to_allocate_nothing()
    {
        Arena.LimitReached += (_, _) => _calls++;
        using IDisposable registration = Arena.RegisterReclaim(() => _calls++);
        using (MbufScope mbufs = Arena.Enter())
        {
            TakeHoard(mbufs);
        }

        AllocationAssert.IsFree(Arena, mbufs =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            int before = _calls;
            for (int number = 0; number < 1000; number++)
            {
                Must.Hold(mbufs.AllocateMbuf().IsNull && mbufs.AllocatePacket().IsNull && mbufs.Waiting(TimeSpan.Zero).AllocatePacket().IsNull);
            }

            Must.Hold(_calls == before + 2);
        });
        ReleaseHoard();
    }

    [Test]
    [Measures(typeof(MbufArena), nameof(MbufArena.Reclaim))]
    public void Reclaiming_allocates_nothing()
    {
        using IDisposable registration = Arena.RegisterReclaim(() =>
        {
            using MbufScope own = Arena.Enter();
            own.Free([_spare.Pop()]);
        });
        AllocationAssert.IsFree(Arena, mbufs =>
        {
            for (int number = 0; number < 10; number++)
            {
                _spare.Push(mbufs.AllocatePacket().Detach());
                Must.Hold(Arena.Reclaim());
            }
        });
    }
}
