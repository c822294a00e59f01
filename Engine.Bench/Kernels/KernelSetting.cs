using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Bench.Kernels;

/// <summary>
/// What kernels work on: an arena with default options but for its limits, which are small so that all of it is warm, and bytes.
/// </summary>
internal abstract class KernelSetting : IDisposable
{
    /// <summary>Payload of a full frame.</summary>
    protected const int FrameLength = 1500;

    /// <summary>A quarter of it: what four segments hold each.</summary>
    protected const int QuarterLength = FrameLength / 4;

    private const int BytesLength = 32 * 1024;

    private readonly AlignedBytes _bytes = new(BytesLength);

    /// <summary>Makes the arena.</summary>
    /// <param name="clearOnFree">Storage is zeroed when it is freed.</param>
    protected KernelSetting(bool clearOnFree = false)
    {
        Arena = new MbufArena(new MbufArenaOptions
        {
            Mbufs = 2048,
            Clusters = 1024,
            PageClusters = 64,
            Jumbo9Clusters = 64,
            Jumbo16Clusters = 64,
            ExternalStorages = 64,
            ClearOnFree = clearOnFree,
        });
        new Random(1).NextBytes(_bytes.Span);
    }

    /// <summary>Mbufs that are not free.</summary>
    public int LiveMbufs => Arena.LiveMbufs;

    protected MbufArena Arena { get; }

    public virtual void Dispose() => Arena.Dispose();

    /// <summary>Bytes to put into packets: the first of 32 KiB that are random, and the same in each run.</summary>
    protected ReadOnlySpan<byte> Payload(int length) => _bytes.Span[..length];

    /// <summary>
    /// Stops a kernel that does not do what it is named for: figures of a refusal would look like a great success.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Require(bool done)
    {
        if (!done)
        {
            Refused();
        }
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

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refused()
        => throw new BenchException("An operation of the engine was refused in a kernel that measures it done.");
}
