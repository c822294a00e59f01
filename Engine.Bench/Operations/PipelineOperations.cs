using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>
/// A packet's whole way through a router: received, looked into, its route found, TTL and checksum changed, its link header
/// replaced, sent. The other side does the same in C, check for check and byte for byte.
/// </summary>
/// <remarks>Unsafe for the addresses that hardware would be given. They are of packets that are owned, and only the check reads there.</remarks>
internal sealed unsafe class PipelineOperations : Setting
{
    private const int Burst = Sizes.Burst;
    private const int Ring = 1024;
    private const int NetworkLength = Sizes.PayloadLength - EthernetHeader.Size;
    private const int LinkLength = 18;
    private const int SentLength = NetworkLength + LinkLength;

    // Of all that is sent for the frames, once around: the other side has the same number.
    private const ulong Digest = 0xA182_99DC_BD17_8247;

    private readonly Mbuf[] _page = new Mbuf[Burst + (Sizes.Places * Sizes.PlaceStep)];
    private readonly Mbuf[] _posted = new Mbuf[Ring];
    private readonly Mbuf[] _sent = new Mbuf[Ring];
    private readonly Descriptor[] _descriptors = new Descriptor[Ring];
    private readonly Route[] _routes = new Route[ForwardedFrames.Routes];
    private readonly AlignedBytes _frames = new(ForwardedFrames.All());

    private PipelineOperations(MbufArenaOptions options, bool isRing)
        : base(options)
    {
        for (int i = 0; i < _routes.Length; i++)
        {
            _routes[i] = new Route(i);
        }

        if (isRing)
        {
            using MbufScope mbufs = Arena.Enter();
            Require(mbufs.TryAllocatePackets(_posted) && mbufs.TryAllocatePackets(_sent));
        }
    }

    public static IReadOnlyList<Operation> All { get; } =
    [
        Of("pipeline", "32 packets received, parsed, routed, sent and freed", isRing: false, static (on, count) => on.Run(count)),
        Of(
            "pipeline-rings", "the same with 1,024 packets posted before and 1,024 sent behind", isRing: true,
            static (on, count) => on.RunRings(count)),
    ];

    public override void Release()
    {
        using MbufScope mbufs = Arena.Enter();
        if (_posted[0] != default)
        {
            mbufs.Free(_posted);
            mbufs.Free(_sent);
            _posted.AsSpan().Clear();
        }
    }

    private static Operation Of(string name, string text, bool isRing, Action<PipelineOperations, int> body)
        => Operation.Of(name, text, (_, options) => new PipelineOperations(options, isRing), body)
            .Checked<PipelineOperations>(static on => on.SendsTheSame())
            .OnlyCompared(null, PeerNames.Dpdk);

    private void Run(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i += Burst)
        {
            Span<Mbuf> burst = _page.AsSpan(i / Burst % Sizes.Places * Sizes.PlaceStep, Burst);
            Require(mbufs.TryAllocatePackets(burst));
            Receive(mbufs, burst, i);
            Forward(mbufs, burst, i);
            mbufs.Free(burst);
        }
    }

    /// <summary>What is received was posted 1,024 packets ago, and what was sent is freed 1,024 packets later.</summary>
    private void RunRings(int count)
    {
        using MbufScope mbufs = Arena.Enter();
        for (int i = 0; i < count; i += Burst)
        {
            Span<Mbuf> received = _posted.AsSpan(i % Ring, Burst);
            Span<Mbuf> done = _sent.AsSpan(i % Ring, Burst);
            mbufs.Free(done);
            received.CopyTo(done);
            Require(mbufs.TryAllocatePackets(received));
            Receive(mbufs, done, i);
            Forward(mbufs, done, i);
        }
    }

    private void Receive(in MbufScope mbufs, Span<Mbuf> burst, int number)
    {
        ReadOnlySpan<byte> frames = _frames.Span;
        foreach (ref Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            Write(packet, frames.Slice((number++ & (ForwardedFrames.Count - 1)) * Sizes.PayloadLength, Sizes.PayloadLength));
            handle = packet.Detach();
        }
    }

    private void Forward(in MbufScope mbufs, Span<Mbuf> burst, int number)
    {
        foreach (ref Mbuf handle in burst)
        {
            MbufChain packet = mbufs.Open(handle);
            Require(packet.TryGetWritable(out Span<byte> bytes) && bytes.Length >= EthernetHeader.Size + IPv4Header.Size);
            ref readonly Route route = ref Look(bytes, packet.Length);
            DecrementTimeToLive(bytes[EthernetHeader.Size..]);
            packet.TrimStart(EthernetHeader.Size);
            Require(packet.TryPrepend(LinkLength, out Span<byte> link));
            route.Link.CopyTo(link);
            _descriptors[number++ & (Ring - 1)] = new Descriptor
            {
                Address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(link)),
                Length = packet.Length,
            };
            handle = packet.Detach();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Route Look(ReadOnlySpan<byte> bytes, int length)
    {
        ReadOnlySpan<byte> ip = bytes[EthernetHeader.Size..];
        Require(BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]) == (ushort)EtherType.IPv4 && ip[0] == 0x45);
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        Require(total >= IPv4Header.Size && total <= length - EthernetHeader.Size);
        Require(ip[9] == (byte)IPProtocol.Udp && ip[8] > 1);
        uint destination = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        ref readonly Route route = ref _routes[(int)(destination >> 8) & (ForwardedFrames.Routes - 1)];
        Require((destination & ~0xFFu) == route.Network);
        return ref route;
    }

    /// <summary>RFC 1624, equation 3, of the word that has the TTL in front and the protocol behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecrementTimeToLive(Span<byte> ip)
    {
        ref ushort word = ref MemoryMarshal.AsRef<ushort>(ip[8..]);
        ref ushort checksum = ref MemoryMarshal.AsRef<ushort>(ip[10..]);
        uint sum = (uint)(ushort)~checksum + (ushort)~word;
        ip[8]--;
        sum += word;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum += sum >> 16;
        checksum = (ushort)~sum;
    }

    /// <summary>Sends each frame once: every byte is summed up, and the IPv4 checksum is computed from scratch.</summary>
    private bool SendsTheSame()
    {
        using MbufScope mbufs = Arena.Enter();
        ulong digest = 0xCBF2_9CE4_8422_2325;
        Span<Mbuf> burst = _page.AsSpan(0, Burst);
        for (int i = 0; i < ForwardedFrames.Count; i += Burst)
        {
            Require(mbufs.TryAllocatePackets(burst));
            Receive(mbufs, burst, i);
            Forward(mbufs, burst, i);
            foreach (ref Descriptor descriptor in _descriptors.AsSpan(i % Ring, Burst))
            {
                var sent = new ReadOnlySpan<byte>((void*)descriptor.Address, descriptor.Length);
                if (sent.Length != SentLength || InternetChecksum.Compute(sent.Slice(LinkLength, IPv4Header.Size)) != 0)
                {
                    return false;
                }

                foreach (byte value in sent)
                {
                    digest = (digest ^ value) * 0x100_0000_01B3;
                }
            }

            mbufs.Free(burst);
        }

        return digest == Digest;
    }

    /// <summary>What hardware is given to send.</summary>
    private struct Descriptor
    {
        public nint Address;
        public int Length;
    }

    /// <summary>Where a network of 24 bits is.</summary>
    private struct Route
    {
        public readonly uint Network;
        private LinkBytes _link;

        public Route(int number)
        {
            Network = (10u << 24) | ((uint)number << 8);
            ForwardedFrames.WriteLink(_link, number);
        }

        /// <summary>What a packet gets in front.</summary>
        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Link => _link;
    }

    [InlineArray(LinkLength)]
    private struct LinkBytes
    {
        private byte _first;
    }
}

/// <summary>What is forwarded, and where to: as many frames of 64 bytes as there are routes, in an order of its own.</summary>
internal static class ForwardedFrames
{
    /// <summary>Frames.</summary>
    public const int Count = 1024;

    /// <summary>Routes, a power of two.</summary>
    public const int Routes = 1024;

    /// <summary>The frames, one behind the other.</summary>
    public static byte[] All()
    {
        byte[] all = new byte[Count * Sizes.PayloadLength];
        for (int i = 0; i < Count; i++)
        {
            Write(all.AsSpan(i * Sizes.PayloadLength, Sizes.PayloadLength), i);
        }

        return all;
    }

    /// <summary>Writes the link header of a route: Ethernet with a VLAN tag.</summary>
    public static void WriteLink(Span<byte> link, int route)
    {
        ReadOnlySpan<byte> bytes =
        [
            2, 1, 0, 0, (byte)(route >> 8), (byte)route, 2, 2, 0, 0, 0, (byte)(route & 7),
            0x81, 0, (byte)((route + 1) >> 8), (byte)(route + 1), 8, 0,
        ];
        bytes.CopyTo(link);
    }

    private static void Write(Span<byte> frame, int number)
    {
        int route = number * 333 % Routes;
        const int Network = Sizes.PayloadLength - EthernetHeader.Size;
        ReadOnlySpan<byte> headers =
        [
            2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
            0x45, 0, 0, Network, (byte)(number >> 8), (byte)number, 0x40, 0, (byte)(2 + (number % 60)), 17, 0, 0,
            192, 0, 2, 1, 10, (byte)(route >> 8), (byte)route, (byte)number,
            0x13, 0x88, 0x13, 0x89, 0, Network - IPv4Header.Size, 0, 0,
        ];
        headers.CopyTo(frame);
        for (int k = headers.Length; k < frame.Length; k++)
        {
            frame[k] = (byte)((k * 31) + number);
        }

        Span<byte> ip = frame.Slice(EthernetHeader.Size, IPv4Header.Size);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
    }
}
