using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Mbufs.Bench.Operations;

/// <summary>What operations work on: an arena with default options but for its limits, and bytes.</summary>
internal abstract class Setting : IDisposable
{
    /// <summary>Payload of a full frame.</summary>
    protected const int FrameLength = Sizes.FullLength;

    /// <summary>A quarter of it: what four segments hold each.</summary>
    protected const int QuarterLength = FrameLength / 4;

    private const int BytesLength = 64 * 1024;

    private readonly AlignedBytes _bytes = new(BytesLength);

    /// <summary>Makes the arena.</summary>
    protected Setting(MbufArenaOptions options)
    {
        Arena = new MbufArena(options);
        new Random(1).NextBytes(_bytes.Span);
    }

    /// <summary>An arena that is small, so that all of it is warm.</summary>
    public static MbufArenaOptions SmallArena => SmallArenaOf(clearOnFree: false);

    public MbufArena Arena { get; }

    /// <summary>The other thread of an operation that takes two.</summary>
    public virtual Partner? Partner => null;

    /// <inheritdoc cref="SmallArena"/>
    protected static MbufArenaOptions SmallArenaOf(bool clearOnFree) => new()
    {
        Mbufs = 2048,
        Clusters = 1024,
        PageClusters = 64,
        Jumbo9Clusters = 64,
        Jumbo16Clusters = 64,
        ExternalStorages = 64,
        ClearOnFree = clearOnFree,
    };

    /// <summary>Ends the other thread, if there is one, and frees what stays from one run to the next.</summary>
    public virtual void Release()
    {
    }

    public virtual void Dispose()
    {
        Release();
        Arena.Dispose();
    }

    /// <summary>Bytes to put into packets: the first of 64 KiB that are random, and the same in each run.</summary>
    protected ReadOnlySpan<byte> Payload(int length) => _bytes.Span[..length];

    /// <summary>
    /// Stops an operation that does not do what it is named for: figures of a refusal would look like a great success.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Require(bool done)
    {
        if (!done)
        {
            Refused();
        }
    }

    /// <summary>Appends 64 bytes: a length that the JIT knows, as the C compiler does, makes it plain vector moves.</summary>
    protected static void Write(MbufChain packet, ReadOnlySpan<byte> payload)
    {
        Require(packet.TryAppend(Sizes.PayloadLength, out Span<byte> room));
        payload[..Sizes.PayloadLength].CopyTo(room);
    }

    /// <summary>A packet of one segment.</summary>
    protected MbufChain Packet(in MbufScope mbufs, int length)
    {
        MbufChain packet = mbufs.AllocatePacket();
        Require(packet.TryAppend(Payload(length)));
        return packet;
    }

    /// <summary>A packet of some segments of the same length, each in a cluster of its own.</summary>
    protected MbufChain Packet(in MbufScope mbufs, int segments, int length)
    {
        MbufChain packet = Packet(mbufs, length);
        for (int i = 1; i < segments; i++)
        {
            MbufChain segment = mbufs.AllocateMbufWithCluster();
            Require(segment.TryAppend(Payload(length)));
            packet.Append(segment);
        }

        return packet;
    }

    /// <summary>A packet of the first bytes of the payload, in some segments, of which none is like another.</summary>
    protected MbufChain Whole(in MbufScope mbufs, int segments, int length)
    {
        MbufChain packet = mbufs.AllocateContiguousPacket(length);
        Require(packet.TryAppend(Payload(length)));
        for (int i = 1; i < segments; i++)
        {
            MbufChain segment = mbufs.AllocateContiguousMbuf(length);
            Require(segment.TryAppend(Payload((i + 1) * length)[(i * length)..]));
            packet.Append(segment);
        }

        return packet;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refused()
        => throw new BenchException("An operation of the engine was refused where it is measured done.");
}

/// <summary>
/// Bytes that stay where they are and start a cache line: copies and sums take other paths for other alignments, which would
/// change a count of instructions from run to run.
/// </summary>
internal sealed class AlignedBytes
{
    private const int Alignment = 64;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _length;

    public AlignedBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length + Alignment, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (Alignment - 1));
        _length = length;
    }

    public AlignedBytes(ReadOnlySpan<byte> content)
        : this(content.Length)
    {
        content.CopyTo(Span);
    }

    public Span<byte> Span => _bytes.AsSpan(_start, _length);

    /// <summary>Where the first byte is; it does not move.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, _start);
}
