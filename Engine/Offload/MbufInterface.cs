using System.Diagnostics;

namespace Engine.Mbufs.Wire;

/// <summary>
/// What the engine needs to know of a network interface (BSD: <c>struct ifnet</c>): its name, its number, how large a packet may
/// be, and what its hardware computes.
/// </summary>
/// <remarks>Immutable, so that any number of threads may use it; an interface whose abilities change is described anew.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class MbufInterface
{
    /// <summary>The smallest MTU of any IPv4 link (RFC 791, section 3.2).</summary>
    public const int MinimumMtu = 68;

    private const MbufChecksumFlags Work = MbufChecksumFlags.IPv4
        | MbufChecksumFlags.AnyTransport | MbufChecksumFlags.AnyTransportIPv6
        | MbufChecksumFlags.AnySegmentation | MbufChecksumFlags.FragmentChecksums;

    /// <summary>Describes an interface.</summary>
    /// <param name="name">if_xname: its name, for people; not empty.</param>
    /// <param name="hardwareAssist">if_hwassist: what of <see cref="MbufChecksumFlags"/> it does by itself.</param>
    /// <param name="mtu">if_mtu: bytes of the largest packet, network header included; 68 or more.</param>
    /// <param name="number">
    /// The number that <see cref="MbufChain.ReceiveInterface"/> names it by; 0 if it receives nothing.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, or <paramref name="hardwareAssist"/> holds what is not work that hardware does: findings
    /// (IPv4Valid, DataValid ...), or cutting into fragments.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mtu"/> is less than 68.</exception>
    public MbufInterface(
        string name,
        MbufChecksumFlags hardwareAssist = MbufChecksumFlags.None,
        int mtu = 1500,
        ushort number = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, MinimumMtu);
        if ((hardwareAssist & ~Work) != 0)
        {
            throw new ArgumentException(
                $"{hardwareAssist & ~Work} is not work that an interface can do. It can do: {Work}.", nameof(hardwareAssist));
        }

        Name = name;
        HardwareAssist = hardwareAssist;
        Mtu = mtu;
        Number = number;
    }

    /// <summary>if_xname: the interface's name.</summary>
    public string Name { get; }

    /// <summary>
    /// if_hwassist: the requests that the interface fulfils by itself; all others are done in software before it sees the packet.
    /// </summary>
    public MbufChecksumFlags HardwareAssist { get; }

    /// <summary>if_mtu: bytes of the largest packet, network header included, link header not.</summary>
    public int Mtu { get; }

    /// <summary>The number that received packets name it by, 0 for none.</summary>
    public ushort Number { get; }

    /// <summary>For people: name, MTU and abilities. Allocates a string.</summary>
    public override string ToString() => $"{Name}, mtu {Mtu}, assists {HardwareAssist}";
}
