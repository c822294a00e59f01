using Engine.Mbufs;

namespace Proxy;

/// <summary>What the loop knows of a socket without asking the kernel.</summary>
[Flags]
internal enum EndpointState : ushort
{
    None = 0,

    /// <summary>A read may find something: set by an event, cleared by a read that came back short or empty.</summary>
    Readable = 1 << 0,

    /// <summary>A write may be taken: set by an event, cleared by a write that came back short.</summary>
    Writable = 1 << 1,

    /// <summary>The kernel said that the peer's FIN is in the queue: behind a short read there is only the end.</summary>
    PeerEnded = 1 << 2,

    /// <summary>
    /// A short read proves nothing here: an error or urgent data is in the queue. Read until told that there is no more.
    /// </summary>
    ReadToEnd = 1 << 3,

    /// <summary>The socket failed (reset, or its route did).</summary>
    Broken = 1 << 4,

    /// <summary>All that the peer sent has been read.</summary>
    ReadEnded = 1 << 5,

    /// <summary>Our FIN was sent.</summary>
    WriteEnded = 1 << 6,

    /// <summary>The PROXY header has to go before anything else.</summary>
    HeaderDue = 1 << 7,

    /// <summary>The data held for this socket reached the high-water mark, and has not come down to the low one.</summary>
    Congested = 1 << 8,
}

/// <summary>One side of a connection: its socket, and the bytes that wait to be written to it.</summary>
internal struct Endpoint
{
    /// <summary>
    /// The packet on its way to this socket, detached between turns; null in the usual case that the kernel took all at once.
    /// It is the only memory that a connection holds.
    /// </summary>
    public Mbuf Pending;

    /// <summary>Length of <see cref="Pending"/>, which can only be asked when it is open.</summary>
    public int PendingBytes;

    /// <summary>Mbufs of <see cref="Pending"/>.</summary>
    public int PendingMbufs;

    public int Descriptor;

    /// <summary>Bytes that the next read asks for: <see cref="ReadSize"/>.</summary>
    public int ReadBytes;

    /// <summary>Reads in a row that used little of what they asked for.</summary>
    public byte SmallReads;

    public EndpointState State;

    public readonly bool Is(EndpointState state) => (State & state) != 0;

    public void Set(EndpointState state) => State |= state;

    public void Clear(EndpointState state) => State &= ~state;

    public void Reset(int descriptor)
    {
        this = default;
        Descriptor = descriptor;
    }
}
