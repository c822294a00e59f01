using NUnit.Framework;

using static Engine.Mbufs.Tests.Contracts.CompilerError;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The view of a header is bound to the bytes that it was read from, and they to the chain's variable.</summary>
[Category("Contracts")]
public sealed class EscapingHeaderTests
{
    private static readonly string[] s_types =
        ["EthernetHeader", "VlanHeader", "IPv4Header", "IPv6Header", "TcpHeader", "UdpHeader", "IcmpHeader", "SctpHeader"];

    [Test]
    public void A_header_cannot_be_returned([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([EscapingValue], $$"""
        static {{type}} Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            {{type}}.TryRead(packet.FirstSpan, out {{type}} header);
            return header;
        }
        """);

    [Test]
    public void A_header_cannot_be_kept([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([EscapingValue, EscapingArgument], $$"""
        static void Leak(in MbufScope mbufs)
        {
            {{type}} kept = default;
            {
                using MbufChain packet = mbufs.AllocatePacket();
                {{type}}.TryRead(packet.FirstSpan, out kept);
            }
        }
        """);

    [Test]
    public void Nor_can_its_payload([ValueSource(nameof(s_types))] string type)
        => Snippet.IsRefused([EscapingValue], $$"""
        static ReadOnlySpan<byte> Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            {{type}}.TryRead(packet.FirstSpan, out {{type}} header);
            return header.Payload;
        }
        """);

    [Test]
    public void Nor_can_an_option() => Snippet.IsRefused([EscapingValue], """
        static TcpOption Leak(in MbufScope mbufs)
        {
            using MbufChain packet = mbufs.AllocatePacket();
            TcpHeader.TryRead(packet.FirstSpan, out TcpHeader header);
            foreach (TcpOption option in header.OptionList)
            {
                return option;
            }

            return default;
        }
        """);

    [Test]
    public void Headers_are_used_where_the_bytes_are() => Snippet.Compiles("""
        static int Work(MbufChain packet, ReadOnlySpan<byte> bytes)
        {
            int most = 0;
            if (EthernetHeader.TryRead(packet.FirstSpan, out EthernetHeader ethernet) && ethernet.EtherType == EtherType.IPv4
                && IPv4Header.TryRead(ethernet.Payload, out IPv4Header ip) && ip.Protocol == IPProtocol.Tcp
                && TcpHeader.TryRead(ip.Payload, out TcpHeader tcp) && (tcp.Flags & TcpFlags.Syn) != 0)
            {
                foreach (TcpOption option in tcp.OptionList)
                {
                    most = Math.Max(most, option.Data.Length);
                }
            }

            return most + Payload(bytes).Length;
        }

        static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> bytes)
            => UdpHeader.TryRead(bytes, out UdpHeader header) ? header.Payload : default;
        """);
}
