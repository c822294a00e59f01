using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Where each of a chain's first bytes lies, and in which mbuf, and the whole storage of every mbuf that may not be written: to show that an
/// operation further behind left the ones in place and the others untouched.
/// </summary>
internal sealed class PrefixSnapshot
{
    private readonly List<(uint Mbuf, uint Generation, long Place)> _bytes = [];
    private readonly List<(long Start, byte[] Bytes)> _untouchable = [];

    private PrefixSnapshot(MbufChain chain, int count)
    {
        MbufCache cache = chain.Cache;
        for (uint index = chain.Index; index != 0; index = cache.Hot.Memory.Header(index).Next)
        {
            ref MbufHeader header = ref cache.Hot.Memory.Header(index);
            for (int i = 0; i < header.SegmentLength && _bytes.Count < count; i++)
            {
                _bytes.Add((index, header.Generation, header.Data + i));
            }

            if (!cache.IsWritable(ref header) && header.Kind != StorageKind.Internal)
            {
                long start = cache.StartOf(ref header);
                _untouchable.Add((start, cache.Hot.Memory.Bytes(start, cache.CapacityOf(ref header)).ToArray()));
            }
        }
    }

    public static PrefixSnapshot Of(MbufChain chain, int count) => new(chain, count);

    public void AssertInPlace(MbufChain chain)
    {
        PrefixSnapshot now = Of(chain, _bytes.Count);
        int same = _bytes.Zip(now._bytes).TakeWhile(static pair => pair.First == pair.Second).Count();
        if (same != _bytes.Count)
        {
            Assert.Fail($"Byte {same} of the first {_bytes.Count} is not where it was.");
        }
    }

    /// <summary>Only right while somebody else holds that storage, so that none of it was freed.</summary>
    public void AssertUntouched(MbufChain chain)
    {
        foreach ((long start, byte[] bytes) in _untouchable)
        {
            if (!chain.Cache.Hot.Memory.Bytes(start, bytes.Length).SequenceEqual(bytes))
            {
                Assert.Fail($"The storage at {start} is not the packet's to write, and changed.");
            }
        }
    }
}
