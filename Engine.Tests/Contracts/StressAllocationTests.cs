using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Stress is for tests, and those count managed bytes, too.</summary>
[Category("Contracts")]
[TestFixtureSource(typeof(ArenaKind), nameof(ArenaKind.All))]
public sealed class StressAllocationTests(ArenaKind kind) : MbufFixture(kind)
{
    [Test]
    [Measures(typeof(MbufArena), nameof(MbufArena.Stress))]
    [Measures(typeof(MbufStress), nameof(MbufStress.Seed), nameof(MbufStress.MaximumSegmentLength))]
    [Measures(typeof(MbufStress), nameof(MbufStress.AllocationFailureRate), nameof(MbufStress.FailAllocationNumber))]
    [Measures(typeof(MbufStress), nameof(MbufStress.Allocations), nameof(MbufStress.AllocationFailures))]
    [Measures(typeof(MbufStress), nameof(MbufStress.DefragmentFailureRate), nameof(MbufStress.DefragmentFailures))]
    public void Switching_it_and_failing_by_it_allocate_nothing() => AllocationAssert.IsFree(Arena, static mbufs =>
    {
        MbufStress stress = mbufs.Arena.Stress;
        stress.Seed++;
        stress.DefragmentFailureRate = 1;
        Must.Hold(stress.InjectsDefragmentFailure() && stress.DefragmentFailureRate == 1 && stress.DefragmentFailures > 0);
        (stress.DefragmentFailureRate, stress.MaximumSegmentLength) = (0, stress.MaximumSegmentLength);
        stress.FailAllocationNumber = 2;
        mbufs.AllocatePacket().Free();
        Must.Hold(mbufs.AllocatePacket().IsNull && stress.FailAllocationNumber == 0);
        stress.AllocationFailureRate = 1;
        Must.Hold(mbufs.AllocatePacket(10_000).IsNull && mbufs.Waiting(TimeSpan.Zero).AllocatePacket().IsNull);
        Must.Hold(stress.AllocationFailures > 0 && stress.Allocations > stress.AllocationFailures && stress.AllocationFailureRate == 1);
        stress.AllocationFailureRate = 0;
        mbufs.AllocatePacket().Free();
    });
}
