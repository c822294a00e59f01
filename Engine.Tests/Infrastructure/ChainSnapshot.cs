using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// The headers of every mbuf of a chain at one moment, to show that a failed operation left the layout as it was: links, places,
/// lengths, flags, generation, and the packet header's cold line and tags. Only the mark that storage may be shared is left out:
/// it is a hint, and may stay behind.
/// </summary>
internal sealed class ChainSnapshot
{
    private readonly List<uint> _indices = [];
    private readonly List<MbufHeader> _headers = [];
    private string _cold = "";

    public static ChainSnapshot Of(MbufChain chain)
    {
        var snapshot = new ChainSnapshot();
        snapshot.Take(chain);
        return snapshot;
    }

    /// <summary>Takes another one in the place of this: for those who take a million.</summary>
    public void Take(MbufChain chain)
    {
        _indices.Clear();
        _headers.Clear();
        for (uint index = chain.Index; index != 0; index = _headers[^1].Next)
        {
            _indices.Add(index);
            _headers.Add(HeaderAt(chain, index));
        }

        _cold = ColdOf(chain);
    }

    /// <summary>Allows the one change that a failed operation may be said to make: the packet length is put right.</summary>
    public void ExpectPacketLength(int length) => CollectionsMarshal.AsSpan(_headers)[0].PacketLength = length;

    public void AssertUnchanged(MbufChain chain)
    {
        int count = 0;
        uint index = chain.Index;
        while (index != 0 && count < _indices.Count && IsUnchanged(count, index, HeaderAt(chain, index)))
        {
            index = _headers[count].Next;
            count++;
        }

        if (index != 0 || count != _indices.Count)
        {
            Assert.That(Of(chain).Describe(), Is.EqualTo(Describe()), "The layout of the chain changed.");
        }

        string cold = ColdOf(chain);
        if (cold != _cold)
        {
            Assert.That(cold, Is.EqualTo(_cold), "The packet header changed.");
        }
    }

    /// <summary>The first bytes are in the same mbufs, at the same places.</summary>
    public void AssertPrefixInPlace(MbufChain chain, int count)
    {
        uint index = chain.Index;
        for (int number = 0; count > 0; number++)
        {
            MbufHeader now = HeaderAt(chain, index);
            MbufHeader before = _headers[number];
            int length = Math.Min(count, before.SegmentLength);
            if (_indices[number] != index || now.SegmentLength < length || (now.Data != before.Data && length > 0))
            {
                Assert.Fail($"The first bytes are not all where they were: mbuf {number} of the chain is another, or lies elsewhere.");
            }

            count -= length;
            index = now.Next;
        }
    }

    private static MbufHeader HeaderAt(MbufChain chain, uint index)
    {
        MbufHeader header = chain.Cache.Hot.Memory.Header(index);
        header.Flags &= ~HeaderFlags.Shared;
        return header;
    }

    private bool IsUnchanged(int number, uint index, MbufHeader header)
    {
        ref MbufHeader before = ref CollectionsMarshal.AsSpan(_headers)[number];
        return _indices[number] == index && MemoryMarshal.AsBytes(new ReadOnlySpan<MbufHeader>(in header)).SequenceEqual(
            MemoryMarshal.AsBytes(new ReadOnlySpan<MbufHeader>(in before)));
    }

    private string[] Describe() => [.. _indices.Zip(_headers, static (index, header) =>
        $"{index}: {header.Kind} {header.Storage}, {header.SegmentLength} bytes at {header.Data}, flags {header.Flags:x8}, type {header.Type}, "
        + $"generation {header.Generation}, next {header.Next}, next packet {header.NextPacket}, chain {header.ChainLength} bytes in "
        + $"{header.Segments} to {header.Tail}, packet length {header.PacketLength}, interface {header.ReceiveInterface}, "
        + $"checksum {header.ChecksumFlags} {header.ChecksumData}, flow {header.FlowId}")];

    /// <summary>The cold line and the tags, for people, too; nothing without a cold line.</summary>
    private static string ColdOf(MbufChain chain)
    {
        if ((chain.VerifiedHead().Flags & HeaderFlags.Cold) == 0)
        {
            return "";
        }

        ArenaMemory memory = chain.Cache.Hot.Memory;
        ref ColdHeader cold = ref memory.ColdOf(ref chain.VerifiedHead());
        var text = new StringBuilder($"cold line {Convert.ToHexString(Bytes(ref cold))}");
        for (uint index = cold.FirstTag; index != 0; index = memory.Header(index).Next)
        {
            ref MbufHeader tag = ref memory.Header(index);
            text.Append(CultureInfo.InvariantCulture, $"; tag {index} {Convert.ToHexString(Bytes(ref tag))}");
            text.Append(CultureInfo.InvariantCulture, $" of {Convert.ToHexString(memory.Bytes(tag.Data, tag.SegmentLength))}");
        }

        return text.ToString();
    }

    private static ReadOnlySpan<byte> Bytes<T>(ref T line)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref line));
}
