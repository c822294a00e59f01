using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>An arena with a clock of its own, and somebody who holds everything it has.</summary>
public abstract class ExhaustionFixture(ArenaKind kind) : MbufFixture(kind)
{
    private Hoard? _hoard;

    internal ManualTime Time { get; private set; } = null!;

    /// <summary>Requests that were denied so far, of every kind.</summary>
    protected long Denied => Arena.Zones.Sum(static zone => zone.Denied);

    /// <summary>Of them, those by which the hoards found that there was nothing left.</summary>
    protected long DeniedByHoard { get; private set; }

    [SetUp]
    public void Forget_the_last_hoard() => (_hoard, DeniedByHoard) = (null, 0);

    protected override MbufArena Reserve()
    {
        Time = new ManualTime();
        return NewArena(mbufs: 256, clusters: 64, pages: 8, jumbo9: 4, jumbo16: 8, time: Time);
    }

    /// <summary>Takes everything, with what callbacks free meanwhile, and lets a second pass.</summary>
    protected void TakeHoard(in MbufScope mbufs)
    {
        long before = Denied;
        _hoard = Hoard.OfEverything(mbufs);
        DeniedByHoard += Denied - before;
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Frees everything, in a scope of its own; nothing if nothing is held yet.</summary>
    protected void ReleaseHoard()
    {
        if (_hoard is not null)
        {
            using MbufScope mbufs = Arena.Enter();
            _hoard.Release(mbufs);
            _hoard = null;
        }
    }
}
