using Engine.Mbufs.Bench.Measure;

namespace Engine.Mbufs.Bench.Versus;

/// <summary>Somebody who does the same work, measured in a process of its own.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>What it is called in results.</summary>
    string Name { get; }

    /// <summary>Why it cannot be measured on this machine; null if it can.</summary>
    string? MissingBecause { get; }

    /// <summary>
    /// Whether it is measured before and after the engine, and the faster run counts: its processes have a slow mode.
    /// </summary>
    bool RunsTwice { get; }

    /// <summary>Whether it does a work at all.</summary>
    bool Does(Work work);

    /// <summary>One process, one work.</summary>
    Sample Measure(Work work);
}
