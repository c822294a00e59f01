namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>How a connection ends.</summary>
internal enum TrafficEnd
{
    /// <summary>Each side half-closes after its last byte.</summary>
    EachByItself,

    /// <summary>The client half-closes, and only then the origin sends the second half of what it has to send.</summary>
    ClientFirst,

    /// <summary>The same with the roles exchanged.</summary>
    OriginFirst,

    /// <summary>The client resets in the midst.</summary>
    ClientResets,

    /// <summary>The origin resets in the midst.</summary>
    OriginResets,
}

/// <summary>What a connection carries and how it ends, all of it from a seed that both sides know.</summary>
internal sealed class TrafficPlan
{
    private readonly int _seed;

    public TrafficPlan(int seed, int mostBytes)
    {
        _seed = seed;
        var random = new Random(seed);
        Up = BytePattern.Of(Length(random, mostBytes), seed);
        Down = BytePattern.Of(Length(random, mostBytes), ~seed);
        End = random.Next(10) switch
        {
            0 => TrafficEnd.ClientResets,
            1 => TrafficEnd.OriginResets,
            < 4 => TrafficEnd.ClientFirst,
            < 6 => TrafficEnd.OriginFirst,
            _ => TrafficEnd.EachByItself,
        };
    }

    public byte[] Up { get; }

    public byte[] Down { get; }

    public TrafficEnd End { get; }

    public TrafficSide Client(Peer peer) => new(peer, Up, Down, new Random(_seed ^ 1))
    {
        Resets = End == TrafficEnd.ClientResets,
        IsReset = End == TrafficEnd.OriginResets,
        WaitsForTheEnd = End == TrafficEnd.OriginFirst,
    };

    public TrafficSide Origin(Peer peer) => new(peer, Down, Up, new Random(_seed ^ 2))
    {
        Resets = End == TrafficEnd.OriginResets,
        IsReset = End == TrafficEnd.ClientResets,
        WaitsForTheEnd = End == TrafficEnd.ClientFirst,
    };

    public override string ToString() => $"seed {_seed}: {Up.Length} bytes up, {Down.Length} down, {End}";

    /// <summary>Mostly short, now and then long, sometimes nothing.</summary>
    private static int Length(Random random, int most) => (int)(Math.Pow(random.NextDouble(), 3) * most);
}
