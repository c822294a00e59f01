namespace Proxy;

/// <summary>Where a connection is in its life.</summary>
internal enum ConnectionPhase : byte
{
    Free,

    /// <summary>The client is accepted; a backend has been asked.</summary>
    Connecting,

    /// <summary>Bytes flow.</summary>
    Established,
}

/// <summary>
/// A client, its backend and what the loop keeps about the two: a slot of the <see cref="ConnectionTable"/>, allocated before
/// the first connection comes and reused for as long as the proxy runs. Lists run through the slots by index, so that no list
/// ever allocates.
/// </summary>
internal struct Connection
{
    public Endpoint Client;
    public Endpoint Backend;

    /// <summary>Membership of the connecting or the idle list: see <see cref="DeadlineList"/>.</summary>
    public SlotLinks Deadline;

    /// <summary>Membership of the list of work that has been put off: ready or starved.</summary>
    public SlotLinks Work;

    /// <summary>When bytes last moved, in the loop's milliseconds, to the granularity of the deadline list.</summary>
    public long ActiveAt;

    /// <summary>This slot's number.</summary>
    public int Index;

    /// <summary>Changes when the slot is freed, so that an event of its former owner, in the same batch, is recognised.</summary>
    public uint Generation;

    /// <summary>The backend address in use or being tried, an index into <see cref="BackendRotation"/>'s targets.</summary>
    public int Target;

    /// <summary>Backend addresses that were tried for this client.</summary>
    public int Attempts;

    public ConnectionPhase Phase;
}
