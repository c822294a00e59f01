namespace Engine.Mbufs.Bench.Kernels;

/// <summary>A clock that stands still: reading the system's takes instructions that differ from run to run.</summary>
internal sealed class StandingTime : TimeProvider
{
    public override long GetTimestamp() => 0;
}
