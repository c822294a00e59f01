using System.Runtime.InteropServices;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// The headers of every mbuf of a chain at one moment, to show that a failed operation left the layout as it was: links, places,
/// lengths, flags, generation. Only the mark that storage may be shared is left out: it is a hint, and may stay behind.
/// </summary>
internal sealed class ChainSnapshot
{
    private readonly List<uint> _indices = [];
    private readonly List<MbufHeader> _headers = [];

    private ChainSnapshot(MbufChain chain)
    {
        for (uint index = chain.Index; index != 0; index = _headers[^1].Next)
        {
            MbufHeader header = chain.Cache.Hot.Memory.Header(index);
            header.Flags &= ~HeaderFlags.Shared;
            _indices.Add(index);
            _headers.Add(header);
        }
    }

    public static ChainSnapshot Of(MbufChain chain) => new(chain);

    public void AssertUnchanged(MbufChain chain)
    {
        ChainSnapshot now = Of(chain);
        ReadOnlySpan<MbufHeader> before = CollectionsMarshal.AsSpan(_headers);
        ReadOnlySpan<MbufHeader> after = CollectionsMarshal.AsSpan(now._headers);
        if (!MemoryMarshal.AsBytes(before).SequenceEqual(MemoryMarshal.AsBytes(after)) || !_indices.SequenceEqual(now._indices))
        {
            Assert.That(now.Describe(), Is.EqualTo(Describe()), "The layout of the chain changed.");
        }
    }

    private string[] Describe() => [.. _indices.Zip(_headers, static (index, header) =>
        $"{index}: {header.Kind} {header.Storage}, {header.SegmentLength} bytes at {header.Data}, flags {header.Flags:x8}, type {header.Type}, "
        + $"generation {header.Generation}, next {header.Next}, next packet {header.NextPacket}, chain {header.ChainLength} bytes in "
        + $"{header.Segments} to {header.Tail}, packet length {header.PacketLength}, interface {header.ReceiveInterface}, "
        + $"checksum {header.ChecksumFlags} {header.ChecksumData}, flow {header.FlowId}")];
}
