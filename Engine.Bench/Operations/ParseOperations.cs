using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>Views of headers.</summary>
internal sealed class ParseOperations(MbufArenaOptions options) : Setting(options)
{
    private const int LinkLength = EthernetHeader.Size;

    private readonly AlignedBytes _frame = new(Frames.EthernetTcp(Sizes.PayloadLength));
    private readonly AlignedBytes _ipv6 = new(
    [
        0x60, 0, 0, 0, 0, 48, 0, 64, .. new byte[32],
        60, 0, 1, 4, 0, 0, 0, 0,
        6, 0, 1, 4, 0, 0, 0, 0, .. new byte[32],
    ]);

    private readonly AlignedBytes _options = new(
    [
        .. new byte[12], 0xA0, 2, .. new byte[6],
        2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7,
    ]);

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("parse-tcp", "Ethernet, IPv4 and TCP of a packet: pulled up, viewed, ports and lengths read", static (on, count) =>
        {
            using MbufScope mbufs = on.Arena.Enter();
            using MbufChain packet = mbufs.AllocatePacketFrom(on._frame.Span, 0, 0);
            for (int i = 0; i < count; i++)
            {
                Require(packet.TryPullUp(LinkLength + Frames.HeadersLength, out ReadOnlySpan<byte> bytes));
                Require(EthernetHeader.TryRead(bytes, out EthernetHeader ethernet) && ethernet.EtherType == EtherType.IPv4);
                Require(IPv4Header.TryRead(bytes[LinkLength..], out IPv4Header ip));
                Require(ip.Protocol == IPProtocol.Tcp && !ip.IsFragment);
                Require(TcpHeader.TryRead(bytes[(LinkLength + ip.HeaderLength)..], out TcpHeader tcp));
                Require(tcp.HeaderLength == TcpHeader.Size && tcp.SourcePort != tcp.DestinationPort);
                Require(ip.TotalLength + LinkLength == packet.Length);
            }
        }),
        Of("parse-frame", "the network header of an Ethernet frame found", static (on, count) =>
        {
            ReadOnlySpan<byte> frame = on._frame.Span;
            for (int i = 0; i < count; i++)
            {
                Require(FrameLayout.TryFindNetwork(frame, MbufLinkType.Ethernet, out int offset, out _, out _));
                Require(offset == LinkLength);
            }
        }),
        Of("parse-ipv6", "IPv6 with two extension headers", static (on, count) =>
        {
            ReadOnlySpan<byte> bytes = on._ipv6.Span;
            for (int i = 0; i < count; i++)
            {
                Require(IPv6Header.TryRead(bytes, out IPv6Header header));
                IPv6ExtensionHeaders extensions = header.ExtensionHeaders;
                int found = 0;
                while (extensions.MoveNext())
                {
                    found++;
                }

                Require(found == 2 && extensions.NextHeader == IPProtocol.Tcp);
            }
        }),
        Of("parse-tcp-options", "segment size, window scale and timestamps of a SYN", static (on, count) =>
        {
            ReadOnlySpan<byte> bytes = on._options.Span;
            for (int i = 0; i < count; i++)
            {
                Require(TcpHeader.TryRead(bytes, out TcpHeader tcp));
                TcpOptions options = tcp.OptionList;
                Require(options.TryGetMaximumSegmentSize(out ushort size) && size == 1460);
                Require(options.TryGetWindowScale(out byte shift) && shift == 7);
                Require(options.TryGetTimestamps(out _, out uint echo) && echo == 2);
            }
        }),
    ];

    private static Operation Of(string name, string text, Action<ParseOperations, int> body)
        => Operation.Of(name, text, static (_, options) => new ParseOperations(options), body);
}
