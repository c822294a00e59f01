namespace Engine.Mbufs.Bench.Operations;

/// <summary>
/// One operation of the engine, over and over, in a steady state: without managed memory, and with nothing left behind.
/// <c>gate</c> counts its instructions, <c>micro</c> times it, <c>versus</c> compares it with what its peers do alike, and
/// <c>storm</c> lets it grow.
/// </summary>
/// <param name="Name">What it is called on the command line, in tables and in the baseline.</param>
/// <param name="Text">What is done, and counted as one operation.</param>
/// <param name="Setup">Makes what the body works on, in an arena of these options.</param>
/// <param name="Body">Does it a number of times.</param>
internal sealed record Operation(
    string Name, string Text, Func<Operation, MbufArenaOptions, Setting> Setup, Action<Setting, int> Body)
{
    private const int PacketsUsual = 8192;
    private const long BytesOfPacket = 2816;

    /// <summary>Whether <c>gate</c> counts it, and <c>micro</c> times it.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>The body with a regression in it, to show that regressions are caught; null if there is none.</summary>
    public Action<Setting, int>? Planted { get; init; }

    /// <summary>Whether the results are right, found out once before anything is timed; null if the body itself looks.</summary>
    public Func<Setting, bool>? Check { get; init; }

    /// <summary>Who does the same, by the names of <c>versus</c>; empty for what is not compared.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>How long it may take; null for an operation without a budget.</summary>
    public Budget? Budget { get; init; }

    /// <summary>The name without the number in it: operations of one series differ in size only.</summary>
    public string Series { get; init; } = Name;

    /// <summary>Packets in flight, or segments; 0 where there is no such number.</summary>
    public int Number { get; init; }

    /// <summary>The smallest of the series, whose time shows how cost grows; null for that itself.</summary>
    public string? Smallest { get; init; }

    /// <summary>Cores that it takes.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>Packets of a repetition that is timed.</summary>
    public int Packets { get; init; } = PacketsUsual;

    /// <summary>Whether many packets are out at a time.</summary>
    public bool IsInFlight => Series is FlightOperations.Plain or FlightOperations.Written;

    /// <summary>About how much memory each side of a comparison takes, with headers, rings and pages that are not full.</summary>
    public long MemoryBytes => BytesOfPacket * ((2L * Sizes.PacketsFew) + (IsInFlight ? Number : 0));

    /// <summary>An operation on a setting of its own kind.</summary>
    public static Operation Of<TSetting>(
        string name, string text, Func<Operation, MbufArenaOptions, TSetting> setup, Action<TSetting, int> body)
        where TSetting : Setting
        => new(name, text, setup, (setting, count) => body((TSetting)setting, count));

    /// <summary>The same, looked at before it is timed.</summary>
    public Operation Checked<TSetting>(Func<TSetting, bool> check)
        where TSetting : Setting
        => this with { Check = setting => check((TSetting)setting) };

    /// <summary>The same beside peers.</summary>
    public Operation Compared(Budget? budget, params IReadOnlyList<string> peers)
        => this with { Budget = budget, Peers = peers };

    /// <summary>The same beside peers, and not counted: another name for what is, or done as the peers do it.</summary>
    public Operation OnlyCompared(Budget? budget, params IReadOnlyList<string> peers)
        => this with { IsCounted = false, Budget = budget, Peers = peers };

    /// <summary>Ready to run in a small arena that is warm all over.</summary>
    public OpenOperation Open(bool planted = false)
    {
        Action<Setting, int> body = !planted ? Body
            : Planted ?? throw new UsageException($"No regression can be planted into '{Name}'.");
        return new OpenOperation(this, Setup(this, Setting.SmallArena), body);
    }

    /// <summary>Ready to run in an arena of its own size.</summary>
    public OpenOperation Open(MbufArenaOptions options) => new(this, Setup(this, options), Body);

    /// <summary>Ready to run in an arena as large as its peers' pools: what is in flight, and a little for caches.</summary>
    public OpenOperation OpenBesidePeers()
    {
        int packets = Cores > 1 ? Sizes.PacketsHandedOver : (IsInFlight ? Number : Sizes.PacketsFew) + Sizes.PacketsSpare;
        return Open(new MbufArenaOptions { Mbufs = packets, Clusters = packets });
    }
}

/// <summary>How long an operation may take, as a share of a peer's time.</summary>
/// <param name="Must">The most that is accepted.</param>
/// <param name="Goal">What is aimed at.</param>
/// <param name="Peer">Whose time.</param>
internal sealed record Budget(double Must, double Goal, string Peer = PeerNames.Dpdk);

/// <summary>An operation with what it works on, ready to run any number of times.</summary>
internal sealed class OpenOperation(Operation operation, Setting setting, Action<Setting, int> body) : IDisposable
{
    private readonly Operation _operation = operation;
    private readonly Setting _setting = setting;
    private readonly Action<Setting, int> _body = body;

    /// <summary>What it works on.</summary>
    public Setting Setting => _setting;

    /// <summary>Mbufs that it has left behind so far.</summary>
    public int LiveMbufs => _setting.Arena.LiveMbufs;

    /// <summary>Whether what it does is right; true where nothing but the body looks.</summary>
    public bool IsRight() => _operation.Check?.Invoke(_setting) ?? true;

    /// <summary>Does the operation so many times.</summary>
    public void Run(int count) => _body(_setting, count);

    public void Dispose() => _setting.Dispose();
}
