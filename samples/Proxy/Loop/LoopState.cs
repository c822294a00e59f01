using System.Runtime.Versioning;

using Engine.Samples.Linux;

namespace Proxy;

/// <summary>What the parts of one worker's loop share: its epoll, its lists, its counters and its clock.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoopState
{
    private const byte ConnectingList = 1;
    private const byte IdleList = 2;
    private const byte ReadyList = 1;
    private const byte StarvedList = 2;

    /// <summary>Padded by itself; a field, so that it is counted in place.</summary>
    public LoopCounters Counters;

    public LoopState(LoopSettings settings, ConnectionTable table, Epoll epoll, BackendList backends)
    {
        Settings = settings;
        Table = table;
        Epoll = epoll;
        Rotation = new BackendRotation(backends);
        Connecting = new DeadlineList(table, ConnectingList, settings.ConnectTimeoutMilliseconds);
        Idle = new DeadlineList(table, IdleList, settings.IdleTimeoutMilliseconds);
        Ready = new SlotList<WorkLink>(table, ReadyList);
        Starved = new SlotList<WorkLink>(table, StarvedList);
        ProxyProtocol = settings.ProxyProtocol;
    }

    public LoopSettings Settings { get; }

    public ConnectionTable Table { get; }

    public Epoll Epoll { get; }

    public BackendRotation Rotation { get; set; }

    public ProxyProtocolVersion ProxyProtocol { get; set; }

    /// <summary>Connections whose backend has not answered yet.</summary>
    public DeadlineList Connecting { get; }

    /// <summary>Connections through which bytes flow, or could.</summary>
    public DeadlineList Idle { get; }

    /// <summary>Connections that used up their share of a turn and have more to do.</summary>
    public SlotList<WorkLink> Ready { get; }

    /// <summary>Connections that wait for the arena to have memory again.</summary>
    public SlotList<WorkLink> Starved { get; }

    /// <summary>Mbufs that hold what sockets did not take, over all connections of the worker.</summary>
    public int HeldMbufs { get; set; }

    /// <summary>Whether they are so many that memory is to be saved: <see cref="LoopSettings.ThriftMbufs"/>.</summary>
    public bool IsThrifty => HeldMbufs > Settings.ThriftMbufs;

    /// <summary>Milliseconds, read once a turn.</summary>
    public long Now { get; set; } = Environment.TickCount64;

    /// <summary>What a new client's first read asks for: what reads of other clients have come to use.</summary>
    public int UsualClientRead { get; set; } = ReadSize.Smallest;

    /// <summary>The same of a backend.</summary>
    public int UsualBackendRead { get; set; } = ReadSize.Smallest;
}
