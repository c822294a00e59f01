using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Where a chain's first bytes lie, and in which mbufs, and the whole storage of every mbuf that may not be written: to show that an
/// operation further behind left the ones in place and the others untouched.
/// </summary>
internal sealed class PrefixSnapshot
{
    private readonly List<(uint Mbuf, uint Generation, long Place, int Length)> _pieces = [];
    private readonly List<(long Start, byte[] Bytes)> _untouchable = [];
    private readonly int _count;

    private PrefixSnapshot(MbufChain chain, int count, bool withStorage)
    {
        _count = count;
        ThreadCache cache = chain.Cache;
        for (uint index = chain.Index; index != 0; index = cache.Hot.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            int length = Math.Min(header.SegmentLength, count);
            if (length > 0)
            {
                _pieces.Add((index, header.Generation, header.Data, length));
                count -= length;
            }

            if (withStorage && !cache.IsWritable(ref header) && !header.IsInternal)
            {
                long start = cache.Hot.Memory.StartOf(ref header);
                _untouchable.Add((start, cache.Hot.Memory.Bytes(start, cache.Hot.Memory.CapacityOf(ref header)).ToArray()));
            }
        }
    }

    public static PrefixSnapshot Of(MbufChain chain, int count, bool withStorage = false) => new(chain, count, withStorage);

    public void AssertInPlace(MbufChain chain)
    {
        if (!_pieces.SequenceEqual(Of(chain, _count)._pieces))
        {
            Assert.Fail($"The first {_count} bytes are not all where they were.");
        }
    }

    /// <summary>Only right while somebody else holds that storage, so that none of it was freed.</summary>
    public void AssertUntouched(MbufChain chain)
    {
        Assert.That(_untouchable, Is.Not.Empty);
        foreach ((long start, byte[] bytes) in _untouchable)
        {
            if (!chain.Cache.Hot.Memory.Bytes(start, bytes.Length).SequenceEqual(bytes))
            {
                Assert.Fail($"The storage at {start} is not the packet's to write, and changed.");
            }
        }
    }
}
