using Engine.Samples.Linux;

namespace Proxy;

/// <summary>Every backend address, resolved, and whose turn it is. Shared by the workers.</summary>
internal sealed class BackendList(IReadOnlyList<IReadOnlyList<InetAddress>> backends)
{
    /// <summary>Index of each backend's first target.</summary>
    private readonly int[] _firsts =
        [.. Enumerable.Range(0, backends.Count).Select(i => backends.Take(i).Sum(addresses => addresses.Count))];

    private int _turn = -1;

    public BackendTarget[] Targets { get; } =
        [.. backends.SelectMany(addresses => addresses).Select(address => new BackendTarget(address))];

    /// <summary>
    /// First target of the backend whose turn it is: round robin over all connections, whichever worker takes them.
    /// </summary>
    public int TakeTurn() => _firsts[(uint)Interlocked.Increment(ref _turn) % (uint)_firsts.Length];
}
